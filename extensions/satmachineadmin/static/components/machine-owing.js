// @ts-check
// Whose cash is in the machine without sats for it yet: the newest of them, and the way to the others.
;(() => {
  const MOST = 5

  window.satmachine.parts['machine-owing'] = {
    template: '#sm-machine-owing',
    props: {machineId: {type: String, required: true}},
    emits: ['open'],
    data: () => ({rows: null, total: 0, error: null, loadedAt: null}),
    methods: {
      state: row => window.satmachine.states.transaction(row),
      satsUnit: value => window.satmachine.money.satsUnit(value),
      fiat: row => window.satmachine.money.fiat(row.fiat_amount, row.currency),
      all(view) {
        const query = {machine_id: this.machineId, view}
        this.$emit('open', 'transactions', null, query)
      },
      async load() {
        try {
          const page = await window.satmachine.machineApi.transactions({
            machine_id: this.machineId,
            is_owing: true,
            limit: MOST
          })
          this.rows = page.data
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
