// @ts-check
// Every payout to the LP, newest first. The page of the list lives in the address.
;(() => {
  const ROWS = 25
  const PERIOD_MS = 10000

  window.satmachine.parts['fill-list'] = {
    template: '#sm-fill-list',
    props: {query: {type: Object, required: true}},
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
          column('machine', row => this.from(row)),
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
      when: row => row.completed_at ?? row.created_at,
      turnPage(page) {
        this.$emit('query', {...this.query, page: page > 1 ? page : undefined})
      },
      async load() {
        const offset = (this.pagination.page - 1) * ROWS
        try {
          const page = await window.satmachine.clientApi.fills({
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
      async 'query.page'() {
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
