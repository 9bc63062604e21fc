// @ts-check
// Today, the last 7 or the last 30 days against the ones before: numbers first, then how they came about.
;(() => {
  const PERIODS = ['today', 'week', 'month']
  const FIGURES = ['commission_sats', 'lps_sats', 'retained_sats']
  const PERIOD_MS = 15000

  window.satmachine.parts['figures-card'] = {
    template: '#sm-figures-card',
    props: {period: {type: String, default: 'today'}},
    emits: ['period'],
    data: () => ({found: null, error: null, loadedAt: null}),
    computed: {
      asked() {
        return PERIODS.includes(this.period) ? this.period : 'today'
      },
      periods() {
        return PERIODS.map(value => ({
          value,
          label: this.$t(`satmachineadmin.figures.period.${value}`)
        }))
      },
      tiles() {
        const {money} = window.satmachine
        const {now, before} = this.found
        const tile = (name, text, value, was, show) => ({
          name,
          label: this.$t(`satmachineadmin.figures.${name}`),
          text,
          hint: this.hint(name),
          ...this.compared(value, was, show)
        })
        const volumes = now.fiat.map(({currency, amount}) => {
          const was = before.fiat.find(sum => sum.currency === currency)
          const show = value => money.fiat(value, currency)
          return {
            ...tile('volume', show(amount), amount, was?.amount ?? 0, show),
            name: `volume ${currency}`
          }
        })
        const empty = tile('volume', '0', 0, 0, money.sats)
        return [
          ...(volumes.length ? volumes : [empty]),
          tile('sales', money.sats(now.sales), now.sales, before.sales, money.sats),
          ...FIGURES.map(name =>
            tile(name, money.satsUnit(now[name]), now[name], before[name], money.satsUnit)
          )
        ]
      },
      // Said once, not beside every figure.
      isFirst() {
        return this.found.before.sales === 0
      },
      isEmpty() {
        return this.found.days.length === 0
      }
    },
    methods: {
      hint(name) {
        if (name !== 'commission_sats') return ''
        const {satsUnit} = window.satmachine.money
        const sats = satsUnit(this.found.now.operator_fee_sats)
        return this.$t('satmachineadmin.figures.yours', {sats})
      },
      compared(now, before, show) {
        const change = window.satmachine.figures.change(now, before)
        const than = this.$t(`satmachineadmin.figures.before.${this.asked}`, {
          before: show(before)
        })
        if (change) {
          const {way, percent} = change
          return {change: this.$t(`satmachineadmin.figures.${way}`, {n: percent}), than}
        }
        const text = this.$t('satmachineadmin.figures.none_before')
        return {change: this.isFirst ? '' : text, than}
      },
      async load() {
        const period = this.asked
        try {
          const found = await window.satmachine.adminApi.overview({period})
          if (period !== this.asked) return
          this.found = found
          this.loadedAt = new Date().toISOString()
          this.error = null
        } catch (error) {
          this.error = error
        }
      }
    },
    watch: {
      asked() {
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
