// @ts-check
// What a customer may be given of a sale. Nothing of who shares the commission or whose cash it was.
window.satmachine.parts['sale-receipt'] = {
  template: '#sm-sale-receipt',
  props: {settlement: {type: Object, required: true}},
  emits: ['close'],
  computed: {
    title() {
      const {direction} = window.satmachine.states
      const found = direction(this.settlement.tx_type)
      return found ? this.$t(found.label) : this.$t('satmachineadmin.receipt.payment')
    },
    lines() {
      const {satsUnit, fiat, rate, UNKNOWN} = window.satmachine.money
      const sale = this.settlement
      const isCashIn = sale.tx_type === 'cash_in'
      const side = isCashIn ? 'cash_in' : 'cash_out'
      const landed = sale.landed ?? sale
      return [
        [`notes.${side}`, fiat(landed.fiat_amount, sale.currency)],
        ['rate', rate(sale.exchange_rate, sale.currency)],
        ['value', satsUnit(landed.principal_sats)],
        [`commission.${side}`, satsUnit(landed.commission_sats)],
        [`wire.${side}`, satsUnit(sale.wire_sats)],
        sale.landed && ['came_out', fiat(sale.fiat_amount, sale.currency)],
        sale.landed && ['owed', satsUnit(this.owed)]
      ]
        .filter(line => line && line[1] !== UNKNOWN)
        .map(([name, value]) => ({
          name,
          value,
          label: this.$t(`satmachineadmin.receipt.${name}`)
        }))
    },
    // Sats whose notes did not come out, unless they were given back.
    owed() {
      const legs = this.settlement.legs ?? []
      const open = legs.filter(
        leg => leg.reason === 'undispensed' && leg.state === 'skipped'
      )
      return window.satmachine.money.sumSats(open.map(leg => leg.sats))
    },
    ids() {
      const {txid, payment_hash} = this.settlement
      return [
        ['txid', txid],
        ['payment_hash', payment_hash]
      ]
        .filter(([, value]) => value)
        .map(([name, value]) => ({
          name,
          value,
          label: this.$t(`satmachineadmin.receipt.${name}`)
        }))
    },
    utc() {
      return window.satmachine.times.utc(this.settlement.paid_at)
    },
    moment() {
      return window.satmachine.times.local(this.settlement.paid_at)
    }
  }
}
