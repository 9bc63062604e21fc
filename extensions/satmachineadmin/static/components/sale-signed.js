// @ts-check
// Of a sale that its machine signed: by which key, and what the machine reported of the notes.
window.satmachine.parts['sale-signed'] = {
  template: '#sm-sale-signed',
  props: {settlement: {type: Object, required: true}},
  computed: {
    signed() {
      return this.settlement.transaction
    },
    dispense() {
      const {dispense, dispensed_amount, stayed_amount} = this.signed
      if (this.settlement.tx_type !== 'cash_out') return ''
      const {fiat} = window.satmachine.money
      const {currency} = this.settlement
      const said = this.$t(
        `satmachineadmin.transaction.dispense.${dispense ?? 'unknown'}`,
        {amount: fiat(dispensed_amount, currency)}
      )
      const stayed = stayed_amount
        ? this.$t('satmachineadmin.signed.stayed', {amount: fiat(stayed_amount, currency)})
        : ''
      return [said, stayed].filter(Boolean).join(' ')
    }
  }
}
