// @ts-check
// Every change of what the LP has chosen, the newest first: what it was, what it became, and how.
;(() => {
  const PER_PAGE = 10
  const ICONS = {
    chosen: 'touch_app',
    confirmed: 'lock',
    waited: 'hourglass_bottom',
    moved: 'history'
  }

  window.satmachine.parts['choice-history'] = {
    template: '#sm-choice-history',
    data: () => ({rows: null, total: 0, page: 1, error: null}),
    computed: {
      pages() {
        return Math.ceil(this.total / PER_PAGE)
      },
      words() {
        const {money, wallets} = window.satmachine
        return {
          t: key => this.$t(key),
          walletName: id => wallets.nameOf(this.g.user.wallets, id),
          sats: money.satsUnit,
          fiat: money.fiat
        }
      },
      shown() {
        return this.rows.map(({at, how, changes}) => ({
          at,
          how: this.$t(`satmachineclient.history.how.${how}`),
          icon: ICONS[how] ?? 'history',
          lines: window.satmachine.changes.lines(changes, this.words)
        }))
      }
    },
    methods: {
      field(name) {
        const key = `satmachineclient.history.field.${name}`
        return this.$te(key) ? this.$t(key) : name
      },
      turn(page) {
        this.page = page
        this.load()
      },
      async load() {
        const {page} = this
        const offset = (page - 1) * PER_PAGE
        try {
          const {preferencesHistory} = window.satmachine.clientApi
          const found = await preferencesHistory({limit: PER_PAGE, offset})
          // The reader may have turned the page meanwhile.
          if (page !== this.page) return
          this.rows = found.data
          this.total = found.total
          this.error = null
        } catch (error) {
          if (page === this.page) this.error = error
        }
      }
    },
    created() {
      this.load()
    }
  }
})()
