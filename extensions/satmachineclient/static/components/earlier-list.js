// @ts-check
// What the LP got before the books were moved over, newest first: in no sum of this page. Nothing: no card.
;(() => {
  const ROWS = 10
  const PAGE = 'earlier_page'

  window.satmachine.parts['earlier-list'] = {
    template: '#sm-earlier-list',
    props: {query: {type: Object, required: true}},
    emits: ['query'],
    data: () => ({rows: [], total: 0, error: null}),
    computed: {
      page() {
        return Number.parseInt(this.query[PAGE], 10) || 1
      },
      pages() {
        return Math.ceil(this.total / ROWS)
      },
      file: () => window.satmachine.clientApi.csv('earlier', {})
    },
    methods: {
      kind({leg_type}) {
        const key = `satmachineclient.earlier.kind.${leg_type}`
        return this.$te(key, 'en') ? this.$t(key) : leg_type
      },
      amount({leg_type, sats}) {
        const arrow = leg_type === 'autoforward' ? '↑' : '↓'
        return `${arrow} ${window.satmachine.money.satsUnit(sats)}`
      },
      // What was passed on took no cash, and has no rate.
      isDraw: ({leg_type}) => leg_type !== 'autoforward',
      fiat({fiat_amount, currency}) {
        const {fiat, minorDigits} = window.satmachine.money
        const {nearest} = window.satmachine.earlier
        return fiat(nearest(fiat_amount, minorDigits(currency)), currency)
      },
      rate({exchange_rate, currency}) {
        const {nearest} = window.satmachine.earlier
        return window.satmachine.money.rate(nearest(exchange_rate, 2), currency)
      },
      turnPage(page) {
        const turned = page > 1 ? page : undefined
        this.$emit('query', {...this.query, [PAGE]: turned})
      },
      // It is history, and asked for once.
      async load() {
        const {page} = this
        try {
          const asked = {limit: ROWS, offset: (page - 1) * ROWS}
          const found = await window.satmachine.clientApi.earlier(asked)
          if (page !== this.page) return
          this.rows = found.data
          this.total = found.total
          this.error = null
        } catch (error) {
          this.error = error
        }
      }
    },
    watch: {
      page() {
        this.load()
      }
    },
    created() {
      this.load()
    }
  }
})()
