// @ts-check
// Every machine: its state, what its wallet holds, and whether that is explained to the sat.
;(() => {
  const MOST = 25

  window.satmachine.parts['overview-machines'] = {
    template: '#sm-overview-machines',
    emits: ['open'],
    data: () => ({machines: null, total: 0, error: null, loadedAt: null}),
    methods: {
      machineState: row => window.satmachine.states.machine(row),
      satsUnit: value => window.satmachine.money.satsUnit(value),
      sales(count) {
        const n = window.satmachine.money.sats(count)
        return this.$t('satmachineadmin.machines.sales', {n}, count)
      },
      proved({difference_msat}) {
        if (difference_msat === null)
          return {icon: 'hourglass_empty', color: 'grey', text: 'not_yet'}
        return difference_msat
          ? {icon: 'report', color: 'negative', text: 'differs'}
          : {icon: 'verified', color: 'positive', text: 'agrees'}
      },
      async load() {
        try {
          const page = await window.satmachine.adminApi.machines({limit: MOST})
          this.machines = page.data
          this.total = page.total
          this.loadedAt = new Date().toISOString()
          this.error = null
        } catch (error) {
          this.error = error
        }
      }
    },
    created() {
      this.live = window.satmachine.live.every(15000, () => this.load())
    },
    unmounted() {
      this.live.stop()
    }
  }
})()
