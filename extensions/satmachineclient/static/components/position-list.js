// @ts-check
// The LP's cash at each machine, what it brought, and how long it lasts.
window.satmachine.parts['position-list'] = {
  template: '#sm-position-list',
  props: {positions: {type: Array, required: true}},
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
    days({days_left: n}) {
      if (n === null) return window.satmachine.money.UNKNOWN
      return this.$t('satmachineclient.position.days', {n}, n)
    },
    facts(position) {
      const {fiat, rate, satsUnit} = window.satmachine.money
      const {currency, fills: n} = position
      const fact = (name, text, hint = '') => ({
        name,
        label: this.$t(`satmachineclient.position.fact.${name}`),
        text,
        hint
      })
      const payouts = this.$t('satmachineclient.position.payouts', {n}, n)
      return [
        fact('received', satsUnit(position.received_sats), payouts),
        fact('average', rate(position.average_rate, currency)),
        fact('value_now', fiat(position.value_now, currency)),
        fact('forwarded', satsUnit(position.forwarded_sats)),
        fact('remaining', fiat(position.remaining, currency)),
        fact('days_left', this.days(position))
      ]
    },
    lines(position) {
      const {fiat, isZero} = window.satmachine.money
      const text = (name, words) =>
        this.$t(`satmachineclient.position.${name}`, words)
      const amount = (name, value) =>
        isZero(value)
          ? ''
          : text(name, {amount: fiat(value, position.currency)})
      const {no_part_reason: reason, currency, daily_limit: limit} = position
      const today = {
        drawn: fiat(position.drawn_today, currency),
        limit: fiat(limit, currency)
      }
      return [
        reason ? text(`no_part.${reason}`, {currency}) : '',
        limit ? text('today', today) : '',
        amount('reserved', position.reserved),
        amount('leaving', position.leaving),
        amount('pending', position.pending)
      ].filter(Boolean)
    }
  }
}
