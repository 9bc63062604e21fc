// @ts-check
// The link by which a customer fetches its sats: to scan, to copy, and to print anew.
window.satmachine.parts['transaction-link'] = {
  template: '#sm-transaction-link',
  props: {row: {type: Object, required: true}},
  data: () => ({printing: false}),
  computed: {
    link() {
      return `lightning:${this.row.lnurl}`
    },
    sats() {
      return window.satmachine.money.satsUnit(this.row.wire_sats)
    },
    given() {
      const {fiat} = window.satmachine.money
      const amount = fiat(this.row.fiat_amount, this.row.currency)
      return this.$t('satmachineadmin.transaction.slip.for', {fiat: amount})
    },
    until() {
      const {local} = window.satmachine.times
      return this.$t('satmachineadmin.transaction.slip.until', {
        at: local(this.row.expires_at)
      })
    },
    utc() {
      return window.satmachine.times.utc(this.row.expires_at)
    }
  }
}
