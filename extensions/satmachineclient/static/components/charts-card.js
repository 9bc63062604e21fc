// @ts-check
// How the LP's sats and cash came to where they are, and what each payout cost against the average of
// all of them. The period lives in the address.
;(() => {
  const PERIODS = ['week', 'month', 'quarter', 'year', 'all']
  const MONTH_MS = 30 * 86_400_000
  const PERIOD_MS = 30000

  window.satmachine.parts['charts-card'] = {
    template: '#sm-charts-card',
    props: {
      query: {type: Object, required: true},
      // of all time: without one there is nothing to draw
      fills: {type: Number, required: true},
      // when the LP came to its first machine
      begun: {type: String, default: null}
    },
    emits: ['query'],
    data: () => ({found: null, error: null, loadedAt: null}),
    computed: {
      // Of somebody new a month would be empty but for its end.
      usual() {
        const isNew = Date.now() - Date.parse(this.begun) < MONTH_MS
        return isNew ? 'all' : 'month'
      },
      period() {
        const {period} = this.query
        return PERIODS.includes(period) ? period : this.usual
      },
      periods() {
        return PERIODS.map(value => ({
          value,
          label: this.$t(`satmachineclient.charts.period.${value}`)
        }))
      },
      charts() {
        const pairs = this.found.currencies.flatMap(one => [
          this.cash(one),
          this.rates(one)
        ])
        return [this.sats(), ...pairs].filter(Boolean)
      }
    },
    methods: {
      text(part, words) {
        return this.$t(`satmachineclient.charts.${part}`, words)
      },
      sats() {
        const title = this.text('sats')
        const points = this.found.sats.map(({at, sats}) => ({at, value: sats}))
        return {
          name: 'sats',
          title,
          series: [{label: title, kind: 'line', points}],
          show: window.satmachine.money.satsUnit
        }
      },
      cash({currency, cash}) {
        const title = this.text('cash', {currency})
        const points = cash.map(({at, left}) => ({at, value: left}))
        return {
          name: `cash ${currency}`,
          title,
          isHalf: true,
          fromZero: true,
          series: [{label: title, kind: 'line', points}],
          show: value => window.satmachine.money.fiat(value, currency)
        }
      },
      // The average is that of all fills ever, so it stays where it is when the period changes.
      rates({currency, fills, average_rate: average}) {
        if (average === null) return null
        const {rate} = window.satmachine.money
        const {since, until} = this.found
        const level = [since, until].map(at => ({at, value: average}))
        const points = fills.map(fill => ({
          at: fill.at,
          value: fill.rate,
          note: this.note(fill, currency)
        }))
        return {
          name: `rates ${currency}`,
          title: this.text('rates', {currency}),
          isHalf: true,
          hint: this.text('average', {rate: rate(average, currency)}),
          none: points.length === 0,
          series: [
            {label: this.text('each'), kind: 'dots', points},
            {label: this.text('all_of_them'), kind: 'level', points: level}
          ],
          show: value => rate(value, currency)
        }
      },
      note({sats, fiat_amount, fills}, currency) {
        const {fiat, satsUnit} = window.satmachine.money
        const words = {sats: satsUnit(sats), cash: fiat(fiat_amount, currency)}
        return this.$t('satmachineclient.charts.note', {...words, n: fills}, fills)
      },
      choose(period) {
        const chosen = period === this.usual ? undefined : period
        this.$emit('query', {...this.query, period: chosen})
      },
      async load() {
        if (!this.fills) return
        const {period} = this
        try {
          const found = await window.satmachine.clientApi.chart(period)
          if (period !== this.period) return
          this.found = found
          this.loadedAt = new Date().toISOString()
          this.error = null
        } catch (error) {
          this.error = error
        }
      }
    },
    watch: {
      period() {
        this.live.refresh()
      },
      fills() {
        this.live.refresh()
      }
    },
    created() {
      this.live = window.satmachine.live.every(PERIOD_MS, () => this.load())
    },
    unmounted() {
      this.live.stop()
    }
  }
})()
