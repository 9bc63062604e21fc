// @ts-check
// The cash that the LP's operators wrote down, newest first: what was handed over, what was put right.
;(() => {
  const ROWS = 10
  const PERIOD_MS = 10000

  window.satmachine.parts['cash-list'] = {
    template: '#sm-cash-list',
    data: () => ({
      rows: null,
      total: 0,
      page: 1,
      error: null,
      loadedAt: null,
      disputing: null,
      withdrawing: null,
      actError: null
    }),
    computed: {
      pages() {
        return Math.max(1, Math.ceil(this.total / ROWS))
      }
    },
    methods: {
      amount: row => window.satmachine.money.fiat(row.amount, row.currency),
      kind(row) {
        return this.$t(`satmachineclient.cash.kind.${row.kind}`)
      },
      disputed() {
        this.disputing = null
        const message = this.$t('satmachineclient.cash.dispute.done')
        this.$q.notify({type: 'positive', message})
        this.live.refresh()
      },
      async withdraw(row) {
        this.withdrawing = row.id
        this.actError = null
        try {
          await window.satmachine.clientApi.withdrawDispute(row.id)
        } catch (error) {
          this.actError = error
        }
        this.withdrawing = null
        this.live.refresh()
      },
      async load() {
        try {
          const offset = (this.page - 1) * ROWS
          const page = await window.satmachine.clientApi.cash({
            limit: ROWS,
            offset
          })
          this.rows = page.data
          this.total = page.total
          this.loadedAt = new Date().toISOString()
          this.error = null
        } catch (error) {
          this.error = error
        }
      }
    },
    watch: {
      page() {
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
