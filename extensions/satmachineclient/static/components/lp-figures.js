// @ts-check
// What an LP came for: how many sats, what they are worth, and how far its cash has come.
window.satmachine.parts['lp-figures'] = {
  template: '#sm-lp-figures',
  props: {summary: {type: Object, required: true}},
  computed: {
    stacked() {
      return window.satmachine.money.satsUnit(this.summary.received_sats)
    },
    // Each value is that of other sats, those of the machines of its currency: they add up, once all are
    // known.
    worth() {
      const {fiat, rate} = window.satmachine.money
      const currencies = this.summary.currencies.filter(one => one.fills > 0)
      const isKnown = currencies.every(one => one.value_now !== null)
      const values = isKnown
        ? currencies.map(one => fiat(one.value_now, one.currency))
        : []
      const averages = currencies
        .filter(one => one.average_rate !== null)
        .map(one => rate(one.average_rate, one.currency))
      const text = (part, found, glue) =>
        found.length
          ? this.$t(`satmachineclient.figures.${part}`, {it: found.join(glue)})
          : ''
      return [text('now', values, ' + '), text('average', averages, ', ')]
        .filter(Boolean)
        .join(' · ')
    }
  },
  methods: {
    hasCash({confirmed, paid}) {
      const {isZero} = window.satmachine.money
      return !isZero(confirmed) || !isZero(paid)
    },
    filled: ({paid, confirmed}) =>
      window.satmachine.money.permille(paid, confirmed) / 1000,
    progress({paid, confirmed, currency, days_left: days}) {
      const {fiat} = window.satmachine.money
      const turned = this.$t('satmachineclient.position.turned', {
        paid: fiat(paid, currency),
        confirmed: fiat(confirmed, currency)
      })
      if (days === null) return turned
      const pace = this.$t('satmachineclient.figures.pace', {n: days}, days)
      return `${turned} · ${pace}`
    },
    facts(one) {
      const {fiat, isZero, satsUnit} = window.satmachine.money
      const cash = name => ({
        name,
        label: this.$t(`satmachineclient.figures.fact.${name}`),
        text: fiat(one[name], one.currency)
      })
      const label = this.$t('satmachineclient.figures.fact.forwarded')
      const text = satsUnit(one.forwarded_sats)
      const rare = ['reserved', 'leaving'].filter(name => !isZero(one[name]))
      return [
        cash('remaining'),
        cash('pending'),
        {name: 'forwarded', label, text},
        ...rare.map(cash)
      ]
    }
  }
}
