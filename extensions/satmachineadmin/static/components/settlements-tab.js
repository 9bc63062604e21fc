// @ts-check
// The sales, newest first. Page, order and filters live in the address, so a link shows the same.
;(() => {
  const PERIOD_MS = 5000
  const REACHABLE = 10000 // the server's bound on offset
  const FILTERS = ['machine_id', 'state', 'tx_type', 'mark', 'since', 'until']

  window.satmachine.parts['settlements-tab'] = {
    template: '#sm-settlements-tab',
    inheritAttrs: false,
    props: {
      itemId: {type: String, default: null},
      query: {type: Object, required: true}
    },
    emits: ['open', 'query', 'changed'],
    data: () => ({
      rows: null,
      total: 0,
      // the server's bound on a search, where it was met
      searched: null,
      // what the rows were searched for
      loaded: undefined,
      error: null,
      loadedAt: null,
      turning: false,
      machines: [],
      reachable: REACHABLE
    }),
    computed: {
      pagination() {
        return {
          page: Number.parseInt(this.query.page, 10) || 1,
          rowsPerPage: Number.parseInt(this.query.rows, 10) || 25,
          sortBy: this.query.sort || 'paid_at',
          descending: this.query.order !== 'asc',
          rowsNumber: Math.min(this.total, REACHABLE)
        }
      },
      asked() {
        const {page, rowsPerPage, sortBy, descending} = this.pagination
        const asked = {
          limit: rowsPerPage,
          offset: (page - 1) * rowsPerPage,
          sortby: sortBy,
          direction: descending ? 'desc' : 'asc',
          search: this.query.search
        }
        for (const name of FILTERS) asked[name] = this.query[name]
        return asked
      },
      // of the list alone, without what is open over it
      listQuery() {
        const {receipt, ...query} = this.query
        return query
      },
      filtered() {
        return ['search', ...FILTERS].some(name => this.query[name])
      },
      columns() {
        const {sats, rate} = window.satmachine.money
        const column = (name, field, more = {}) => ({
          name,
          field,
          label: this.$t(`satmachineadmin.settlements.column.${name}`),
          align: 'left',
          ...more
        })
        const amount = {
          align: 'right',
          classes: 'sm-num',
          headerClasses: 'sm-num'
        }
        const of = (name, more = {}) =>
          column(name, row => sats(row[name]), {...amount, ...more})
        return [
          column('paid_at', 'paid_at', {sortable: true}),
          column('direction', row => this.direction(row)),
          column('state', 'state', {sortable: true}),
          of('wire_sats', {sortable: true}),
          of('principal_sats', {sortable: true}),
          of('commission_sats', {sortable: true}),
          of('platform_fee_sats'),
          of('operator_fee_sats'),
          column('fiat', row => this.fiat(row), amount),
          column(
            'rate',
            row => rate(row.exchange_rate, row.currency),
            amount
          )
        ]
      },
      emptyTexts() {
        const kind = this.filtered ? 'no_match' : 'none_yet'
        const text = part =>
          this.$t(`satmachineadmin.settlements.${kind}.${part}`)
        return {
          title: text('title'),
          hint: text('hint'),
          action: text('action')
        }
      }
    },
    methods: {
      sats: value => window.satmachine.money.sats(value),
      marks: row => window.satmachine.states.marks(row),
      satsUnit: value => window.satmachine.money.satsUnit(value),
      fiat: row => window.satmachine.money.fiat(row.fiat_amount, row.currency),
      direction(row) {
        const found = window.satmachine.states.direction(row.tx_type)
        return found
          ? `${found.arrow} ${this.$t(found.label)}`
          : this.$t('satmachineadmin.settlement.payment')
      },
      link(row) {
        const path = `/satmachineadmin/settlements/${row.id}`
        return {path, query: this.query}
      },
      // How far the payout has come, while that is news.
      legs(row) {
        const under = ['processing', 'errored'].includes(row.state)
        if (!under || !row.legs_total) return ''
        return this.$t('satmachineadmin.settlements.legs', {
          paid: row.legs_completed,
          all: row.legs_total
        })
      },
      // Enter opens what was looked for, once it is the only one.
      openOnly() {
        const isShown = !this.turning && this.loaded === this.query.search
        if (isShown && this.rows?.length === 1)
          this.$emit('open', 'settlements', this.rows[0].id)
      },
      turnPage({page, rowsPerPage, sortBy, descending}) {
        this.$emit('query', {
          ...this.query,
          page: page > 1 ? page : undefined,
          rows: rowsPerPage === 25 ? undefined : rowsPerPage,
          sort: sortBy === 'paid_at' || !sortBy ? undefined : sortBy,
          order: descending ? undefined : 'asc'
        })
      },
      leaveEmpty() {
        if (this.filtered) this.$emit('query', {})
        else this.$emit('open', 'machines', null, {})
      },
      showReceipt(shown) {
        const receipt = shown ? '1' : undefined
        this.$emit('query', {...this.listQuery, receipt})
      },
      changed() {
        this.live.refresh()
        this.$emit('changed')
      },
      async load() {
        try {
          const {search} = this.query
          const page = await window.satmachine.adminApi.settlements(this.asked)
          this.rows = page.data
          this.total = page.total
          this.searched = page.searched
          this.loaded = search
          this.loadedAt = new Date().toISOString()
          this.error = null
        } catch (error) {
          this.error = error
        }
      },
      async loadMachines() {
        try {
          const page = await window.satmachine.adminApi.machines({limit: 200})
          this.machines = page.data
        } catch {
          this.machines = [] // the list itself says what is wrong with the server
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
      this.loadMachines()
    },
    unmounted() {
      this.live.stop()
    }
  }
})()
