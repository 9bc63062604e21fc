// @ts-check
// The LP's cash at each machine, and how much of it has become sats.
window.satmachine.parts['position-list'] = {
  template: '#sm-position-list',
  props: {
    positions: {type: Array, required: true},
    invited: {type: Boolean, default: false}
  },
  computed: {
    nextStep() {
      const name = this.g.user.username
      const kind = name ? 'hint' : 'no_username'
      return this.$t(`satmachineclient.position.none.${kind}`, {name})
    }
  },
  methods: {
    filled(position) {
      const {permille} = window.satmachine.money
      return permille(position.paid, position.confirmed) / 1000
    },
    turned({paid, confirmed, currency}) {
      const {fiat} = window.satmachine.money
      return this.$t('satmachineclient.position.turned', {
        paid: fiat(paid, currency),
        confirmed: fiat(confirmed, currency)
      })
    },
    lines(position) {
      const {fiat, isZero, satsUnit} = window.satmachine.money
      const text = (name, words, count) =>
        this.$t(`satmachineclient.position.${name}`, words, count)
      const amount = (name, value) =>
        isZero(value)
          ? ''
          : text(name, {amount: fiat(value, position.currency)})
      const received = {
        sats: satsUnit(position.received_sats),
        n: position.fills
      }
      const {no_part_reason: reason, currency, daily_limit: limit} = position
      const today = {
        drawn: fiat(position.drawn_today, currency),
        limit: fiat(limit, currency)
      }
      return [
        reason ? text(`no_part.${reason}`, {currency}) : '',
        limit ? text('today', today) : '',
        text('received', received, position.fills),
        text('left', {amount: fiat(position.remaining, position.currency)}),
        amount('reserved', position.reserved),
        amount('leaving', position.leaving),
        amount('pending', position.pending)
      ].filter(Boolean)
    }
  }
}
