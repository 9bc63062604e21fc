// @ts-check
// Every payout to the LP and what it passed on, newest first. Page and filters live in the address.
;(() => {
  const ROWS = 25
  const PERIOD_MS = 10000
  const KINDS = ['dca', 'settlement', 'autoforward']
  const STATES = ['pending', 'paying', 'completed', 'failed', 'unresolved', 'voided']
  // Files are of a machine and of days, whatever else is chosen.
  const OF_FILES = ['enrolment_id', 'since', 'until']
  const FILTERS = [...OF_FILES, 'leg_type', 'state', 'search']

  const picked = (query, names) =>
    Object.fromEntries(names.map(name => [name, query[name]]))

  window.satmachine.parts['fill-list'] = {
    template: '#sm-fill-list',
    props: {
      query: {type: Object, required: true},
      machines: {type: Array, required: true}
    },
    emits: ['query'],
    data: () => ({
      rows: null,
      total: 0,
      error: null,
      loadedAt: null,
      turning: false
    }),
    computed: {
      pagination() {
        const page = Number.parseInt(this.query.page, 10) || 1
        return {page, rowsPerPage: ROWS, rowsNumber: this.total}
      },
      asked() {
        const offset = (this.pagination.page - 1) * ROWS
        return {limit: ROWS, offset, ...picked(this.query, FILTERS)}
      },
      isFiltered() {
        return FILTERS.some(name => this.query[name])
      },
      selects() {
        const {look} = window.satmachine.states
        const kinds = KINDS.map(value => ({
          value,
          label: this.$t(`satmachineclient.fill.kind.${value}`)
        }))
        const states = STATES.map(value => ({
          value,
          label: this.$t(look('leg', value).label)
        }))
        const select = (name, options) => ({
          name,
          options,
          label: this.$t(`satmachineclient.filter.${name}`)
        })
        return [
          select('enrolment_id', this.machines),
          select('leg_type', kinds),
          select('state', states)
        ]
      },
      files() {
        const {csv} = window.satmachine.clientApi
        const asked = picked(this.query, OF_FILES)
        return [
          {name: 'csv', href: csv('transactions', asked)},
          {name: 'koinly', href: csv('koinly', asked)}
        ]
      },
      columns() {
        const {sats} = window.satmachine.money
        const column = (name, field, more = {}) => ({
          name,
          field,
          label: this.$t(`satmachineclient.fill.column.${name}`),
          align: 'left',
          ...more
        })
        const amount = {align: 'right', classes: 'sm-num'}
        return [
          column('time', row => this.when(row)),
          column('state', 'state'),
          column('sats', row => `${this.arrow(row)} ${sats(row.sats)}`, amount),
          column('fiat', row => this.fiat(row), amount),
          column('rate', row => this.rate(row), amount),
          column('payment', 'payment_hash')
        ]
      }
    },
    methods: {
      isForward: row => row.leg_type === 'autoforward',
      arrow(row) {
        return this.isForward(row) ? '↑' : '↓'
      },
      satsUnit: value => window.satmachine.money.satsUnit(value),
      // What a sale brought needs no word, a balance that was paid off does.
      from(row) {
        if (row.leg_type !== 'settlement') return row.machine_name
        const words = {machine: row.machine_name}
        return this.$t('satmachineclient.fill.paid_off', words)
      },
      fiat(row) {
        if (this.isForward(row)) return ''
        return window.satmachine.money.fiat(row.fiat_amount, row.currency)
      },
      rate(row) {
        if (this.isForward(row)) return ''
        return window.satmachine.money.rate(row.exchange_rate, row.currency)
      },
      premium(row) {
        if (this.isForward(row)) return ''
        const {percent, UNKNOWN} = window.satmachine.money
        const text = percent(row.premium_pct)
        if (text === UNKNOWN) return text
        const sign = text.startsWith('−') ? '' : '+'
        return this.$t('satmachineclient.fill.premium', {percent: sign + text})
      },
      dayRate({day_rate, currency}) {
        if (!day_rate) return this.$t('satmachineclient.fill.only_sale')
        const rate = window.satmachine.money.rate(day_rate, currency)
        return this.$t('satmachineclient.fill.day_rate', {rate})
      },
      when: row => row.completed_at ?? row.created_at,
      turnPage(page) {
        this.$emit('query', {...this.query, page: page > 1 ? page : undefined})
      },
      async load() {
        try {
          const page = await window.satmachine.clientApi.fills(this.asked)
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
      async asked(now, before) {
        if (JSON.stringify(now) === JSON.stringify(before)) return
        this.turning = true
        await this.live.refresh()
        this.turning = false
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
