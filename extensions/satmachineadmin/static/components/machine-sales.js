// @ts-check
// The newest sales of a machine, with the way to all of them.
;(() => {
  const ROWS = 5
  const PERIOD_MS = 15000

  window.satmachine.parts['machine-sales'] = {
    template: '#sm-machine-sales',
    props: {machine: {type: Object, required: true}},
    emits: ['open'],
    data: () => ({rows: null, error: null}),
    computed: {
      all() {
        const n = window.satmachine.money.sats(this.machine.settlements)
        const {settlements} = this.machine
        return this.$t('satmachineadmin.machines.sales', {n}, settlements)
      }
    },
    methods: {
      amount(row) {
        const {fiat, satsUnit} = window.satmachine.money
        const sats = satsUnit(row.wire_sats)
        return row.fiat_amount === null
          ? sats
          : `${sats} · ${fiat(row.fiat_amount, row.currency)}`
      },
      direction(row) {
        const found = window.satmachine.states.direction(row.tx_type)
        if (!found) return this.$t('satmachineadmin.settlement.payment')
        return `${found.arrow} ${this.$t(found.label)}`
      },
      link: row => `/satmachineadmin/settlements/${row.id}`,
      async load() {
        const machine_id = this.machine.id
        try {
          const {settlements} = window.satmachine.adminApi
          this.rows = (await settlements({machine_id, limit: ROWS})).data
          this.error = null
        } catch (error) {
          this.error = error
        }
      }
    },
    created() {
      this.live = window.satmachine.live.every(PERIOD_MS, () => this.load())
    },
    unmounted() {
      this.live.stop()
    }
  }
})()
