// @ts-check
// A machine's sales that keep sats in its wallet: what a sweep of each would pay, and doing it.
window.satmachine.parts['machine-kept'] = {
  template: '#sm-machine-kept',
  props: {machineId: {type: String, required: true}},
  emits: ['changed'],
  data: () => ({found: null, error: null, sale: null}),
  computed: {
    totals() {
      const {satsUnit} = window.satmachine.money
      return this.$t('satmachineadmin.correction.kept_totals', {
        n: this.found.total,
        kept: satsUnit(this.found.kept_sats),
        paid: satsUnit(this.found.paid_sats)
      })
    },
    payable() {
      return this.found.data.filter(sale => sale.paid_sats)
    },
    dialog() {
      const api = window.satmachine.adminApi
      const id = this.sale.settlement_id
      return {
        kind: 'sweep',
        preview: () => api.previewSweep(id),
        figures: seen => window.satmachine.sweepLines(this.$t, seen),
        send: () => api.sweep(id, {})
      }
    }
  },
  methods: {
    satsUnit: value => window.satmachine.money.satsUnit(value),
    swept() {
      this.live.refresh()
      this.$emit('changed')
    },
    async load() {
      try {
        const {sweepable} = window.satmachine.adminApi
        this.found = await sweepable(this.machineId)
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
