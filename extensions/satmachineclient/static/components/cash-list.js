// @ts-check
// The cash that the LP's operators wrote down, newest first: what was handed over, what was put right.
// Page and filters live in the address, beside those of the payouts.
;(() => {
  const ROWS = 10
  const PERIOD_MS = 10000
  const PREFIX = 'cash_'
  const KINDS = ['deposit', 'opening', 'cash_returned', 'moved', 'correction', 'earlier']
  // The file is of a machine and of days, whatever else is chosen.
  const OF_FILE = ['enrolment_id', 'since', 'until']
  const FILTERS = [...OF_FILE, 'kind', 'status']

  const picked = (query, names) =>
    Object.fromEntries(names.map(name => [name, query[PREFIX + name]]))

  window.satmachine.parts['cash-list'] = {
    template: '#sm-cash-list',
    props: {
      query: {type: Object, required: true},
      machines: {type: Array, required: true}
    },
    emits: ['query'],
    data: () => ({
      rows: null,
      total: 0,
      prefix: PREFIX,
      error: null,
      loadedAt: null,
      disputing: null,
      withdrawing: null,
      actError: null
    }),
    computed: {
      pages() {
        return Math.max(1, Math.ceil(this.total / ROWS))
      },
      page() {
        return Number.parseInt(this.query[`${PREFIX}page`], 10) || 1
      },
      asked() {
        const offset = (this.page - 1) * ROWS
        return {limit: ROWS, offset, ...picked(this.query, FILTERS)}
      },
      isFiltered() {
        return FILTERS.some(name => this.query[PREFIX + name])
      },
      selects() {
        const {look, words} = window.satmachine.states
        const kinds = KINDS.map(value => ({value, label: this.kind({kind: value})}))
        const statuses = words('cash').map(value => ({
          value,
          label: this.$t(look('cash', value).label)
        }))
        const select = (name, options) => ({
          name,
          options,
          label: this.$t(`satmachineclient.filter.${name}`)
        })
        return [
          select('enrolment_id', this.machines),
          select('kind', kinds),
          select('status', statuses)
        ]
      },
      file() {
        const asked = picked(this.query, OF_FILE)
        return window.satmachine.clientApi.csv('cash', asked)
      }
    },
    methods: {
      amount: row => window.satmachine.money.fiat(row.amount, row.currency),
      kind(row) {
        return this.$t(`satmachineclient.cash.kind.${row.kind}`)
      },
      turnPage(page) {
        const turned = page > 1 ? page : undefined
        this.$emit('query', {...this.query, [`${PREFIX}page`]: turned})
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
          const page = await window.satmachine.clientApi.cash(this.asked)
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
      asked(now, before) {
        if (JSON.stringify(now) !== JSON.stringify(before)) this.live.refresh()
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
