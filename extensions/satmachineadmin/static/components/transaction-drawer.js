// @ts-check
// One transaction of a machine: what the customer did and gets, what it waits for, its notes, what
// happened when.
window.satmachine.parts['transaction-drawer'] = {
  template: '#sm-transaction-drawer',
  props: {transactionId: {type: String, required: true}},
  emits: ['close', 'changed'],
  data: () => ({shown: true, row: null, error: null, loadedAt: null}),
  computed: {
    direction() {
      const {arrow, label} = window.satmachine.states.direction(this.row.tx_type)
      return `${arrow} ${this.$t(label)}`
    },
    state() {
      return window.satmachine.states.transaction(this.row)
    },
    sentence() {
      const {fiat, isZero, satsUnit} = window.satmachine.money
      const {fiat_amount, currency, wire_sats} = this.row
      const kind = window.satmachine.transactions.sentence(this.row, isZero)
      return this.$t(`satmachineadmin.transaction.sentence.${kind}`, {
        fiat: fiat(fiat_amount, currency),
        sats: satsUnit(wire_sats)
      })
    },
    attention() {
      const {held_for, is_claimed, error_message} = this.row
      const text = (part, words) =>
        this.$t(`satmachineadmin.transaction.${part}`, words)
      const lines = [
        this.state === 'held' && text(`held.${held_for ?? 'unknown'}`),
        this.state === 'lapsed' && text('lapsed'),
        is_claimed && text('claimed'),
        error_message && text('came_back', {why: error_message})
      ].filter(Boolean)
      if (!lines.length) return null
      const {color, icon} = window.satmachine.states.look('transaction', this.state)
      return {color, icon, text: lines.join('\n')}
    },
    facts() {
      const {fiat, rate, satsUnit} = window.satmachine.money
      const {currency, exchange_rate, dispense, dispensed_amount} = this.row
      const known = this.row.tx_type === 'cash_out' && dispense
      return [
        {name: 'rate', text: rate(exchange_rate, currency)},
        {name: 'principal', text: satsUnit(this.row.principal_sats)},
        {name: 'commission', text: satsUnit(this.row.fee_sats)},
        {name: 'wire', text: satsUnit(this.row.wire_sats)},
        known && {
          name: 'dispense',
          text: this.$t(`satmachineadmin.transaction.dispense.${dispense}`, {
            amount: fiat(dispensed_amount, currency)
          })
        }
      ].filter(Boolean)
    },
    notes() {
      const {byValue} = window.satmachine.transactions
      const {fiat} = window.satmachine.money
      return byValue(this.row.notes ?? []).map(({denomination, count}) => ({
        denomination,
        text: `${count} × ${fiat(denomination, this.row.currency)}`
      }))
    }
  },
  methods: {
    async refresh() {
      await this.live.refresh()
      this.$emit('changed')
    },
    async load() {
      try {
        const {transaction} = window.satmachine.machineApi
        this.row = await transaction(this.transactionId)
        this.loadedAt = new Date().toISOString()
        this.error = null
      } catch (error) {
        this.error = error
      }
    }
  },
  created() {
    this.live = window.satmachine.live.every(5000, () => this.load())
  },
  unmounted() {
    this.live.stop()
  }
}
