// @ts-check
// What became of sats that were passed on, and which sales they stem from.
window.satmachine.parts['forward-note'] = {
  template: '#sm-forward-note',
  props: {row: {type: Object, required: true}},
  computed: {
    lines() {
      const {msat, satsUnit} = window.satmachine.money
      const {row} = this
      const text = (part, words) =>
        this.$t(`satmachineclient.passed_on.${part}`, words)
      if (row.completed_at === null) {
        const address = row.destination_ln_address
        return address ? [text('goes_to', {address})] : []
      }
      const amount = satsUnit(row.sent_sats)
      return [
        text('went', {amount, address: row.destination_ln_address}),
        row.fee_msat ? text('fee', {amount: msat(row.fee_msat)}) : '',
        row.kept_msat ? text('kept', {amount: msat(row.kept_msat)}) : ''
      ].filter(Boolean)
    },
    // One sale stands in the row already.
    sales() {
      const {satsUnit} = window.satmachine.money
      const parts = this.row.passes_on
      if (parts.length < 2) return []
      return parts.map(part => ({
        at: part.arrived_at,
        text: `${part.machine_name}: ${satsUnit(part.sats)}`
      }))
    }
  }
}
