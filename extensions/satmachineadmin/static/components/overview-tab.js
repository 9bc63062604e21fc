// @ts-check
// The sentence of the day, then what needs a hand, then the machines.
window.satmachine.parts['overview-tab'] = {
  template: '#sm-overview-tab',
  inheritAttrs: false,
  props: {status: {type: Object, required: true}},
  emits: ['open'],
  data: () => ({machines: null, total: 0, error: null}),
  computed: {
    sentence() {
      const {fiat, satsUnit} = window.satmachine.money
      const today = this.status.today
      const label = this.$t('satmachineadmin.today.label')
      if (today.sales === 0) {
        return `${label}: ${this.$t('satmachineadmin.today.none')}`
      }
      const parts = [
        this.sales(today.sales),
        today.fiat.map(sum => fiat(sum.amount, sum.currency)).join(' + '),
        this.$t('satmachineadmin.today.commission', {
          sats: satsUnit(today.commission_sats)
        })
      ]
      return `${label}: ${parts.filter(Boolean).join(' · ')}`
    },
    progress() {
      const {sats} = window.satmachine.money
      const {open, waiting} = this.status.totals
      const kind = waiting ? 'progress_waiting' : 'progress'
      return this.$t(`satmachineadmin.today.${kind}`, {
        open: sats(open),
        waiting: sats(waiting),
        processed: sats(this.status.totals.processed)
      })
    }
  },
  methods: {
    machineState: row => window.satmachine.states.machine(row),
    satsUnit: value => window.satmachine.money.satsUnit(value),
    sales(count) {
      const n = window.satmachine.money.sats(count)
      return this.$t('satmachineadmin.machines.sales', {n}, count)
    },
    openMachines() {
      this.$emit('open', 'machines', null, {})
    },
    async load() {
      try {
        const page = await window.satmachine.adminApi.machines({limit: 10})
        this.machines = page.data
        this.total = page.total
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
