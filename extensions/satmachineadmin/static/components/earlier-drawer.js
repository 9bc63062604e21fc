// @ts-check
// One sale of before the move as the predecessor had it, with its parts. Its words are its own: text.
window.satmachine.parts['earlier-drawer'] = {
  template: '#sm-earlier-drawer',
  props: {saleId: {type: String, required: true}},
  emits: ['close'],
  data: () => ({shown: true, sale: null, error: null}),
  computed: {
    direction() {
      const {arrow, label} = window.satmachine.states.direction(this.sale.tx_type)
      return `${arrow} ${this.$t(label)}`
    },
    sentence() {
      const {satsUnit, UNKNOWN} = window.satmachine.money
      const {tx_type, wire_sats} = this.sale
      const amount = this.fiat(this.sale)
      const kind = amount === UNKNOWN ? 'unknown' : tx_type
      return this.$t(`satmachineadmin.settlement.sentence.${kind}`, {
        sats: satsUnit(wire_sats),
        fiat: amount
      })
    },
    facts() {
      const {fiat, rate, satsUnit} = window.satmachine.money
      const {fiat_amount, currency, exchange_rate} = this.sale
      const sats = name => ({name, text: satsUnit(this.sale[`${name}_sats`])})
      return [
        {name: 'fiat', text: fiat(fiat_amount, currency)},
        {name: 'rate', text: rate(exchange_rate, currency)},
        ...['principal', 'commission', 'platform_fee', 'operator_fee'].map(sats)
      ]
    },
    said() {
      const {error_message, notes} = this.sale
      return [
        {name: 'error', text: error_message},
        {name: 'notes', text: notes}
      ].filter(({text}) => text)
    }
  },
  methods: {
    satsUnit: value => window.satmachine.money.satsUnit(value),
    fiat({fiat_amount, currency}) {
      const {fiat, minorDigits} = window.satmachine.money
      const {nearest} = window.satmachine.earlier
      return fiat(nearest(fiat_amount, minorDigits(currency)), currency)
    },
    kind({leg_type}) {
      const key = `satmachineadmin.leg_type.${leg_type}`
      return this.$te(key, 'en') ? this.$t(key) : leg_type
    },
    // A partner's wallet; an LP has its name.
    isId: text => /^[0-9a-f]{32,}$/.test(text ?? ''),
    who({recipient}) {
      if (recipient === 'platform') return this.$t('satmachineadmin.leg.platform')
      return recipient || '–'
    },
    async load() {
      try {
        this.sale = await window.satmachine.movingApi.earlierSale(this.saleId)
        this.error = null
      } catch (error) {
        this.error = error
      }
    }
  },
  created() {
    this.load()
  }
}
