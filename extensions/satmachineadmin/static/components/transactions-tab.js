// @ts-check
// What customers did at machines that sign: first of all whose cash is in a machine and who has no sats
// for it yet. View, filters and page live in the address.
;(() => {
  const PERIOD_MS = 10000
  const REACHABLE = 10000 // the server's bound on offset
  const FILTERS = ['machine_id', 'tx_type', 'state']
  const OWING = ['collecting', 'held', 'offered', 'expired']
  const ALL = ['invoiced', ...OWING, 'paid', 'cancelled']

  window.satmachine.parts['transactions-tab'] = {
    template: '#sm-transactions-tab',
    inheritAttrs: false,
    props: {
      itemId: {type: String, default: null},
      query: {type: Object, required: true}
    },
    emits: ['open', 'query', 'changed'],
    data: () => ({
      rows: null,
      total: 0,
      error: null,
      loadedAt: null,
      turning: false,
      machines: []
    }),
    computed: {
      isOwing() {
        return this.query.view !== 'all'
      },
      pagination() {
        return {
          page: Number.parseInt(this.query.page, 10) || 1,
          rowsPerPage: Number.parseInt(this.query.rows, 10) || 25,
          sortBy: this.query.sort || 'created_at',
          descending: this.query.order !== 'asc',
          rowsNumber: Math.min(this.total, REACHABLE)
        }
      },
      asked() {
        const {page, rowsPerPage, sortBy, descending} = this.pagination
        const {machine_id, tx_type, state, search} = this.query
        const asked = {
          limit: rowsPerPage,
          offset: (page - 1) * rowsPerPage,
          sortby: sortBy,
          direction: descending ? 'desc' : 'asc',
          machine_id,
          state,
          search
        }
        return this.isOwing ? {...asked, is_owing: true} : {...asked, tx_type}
      },
      filtered() {
        return ['search', ...FILTERS].some(name => this.query[name])
      },
      filters() {
        const {look, direction} = window.satmachine.states
        const states = this.isOwing ? OWING : ALL
        const options = {
          machine_id: this.machines.map(one => ({value: one.id, label: one.name})),
          tx_type: ['cash_out', 'cash_in'].map(value => ({
            value,
            label: `${direction(value).arrow} ${this.$t(direction(value).label)}`
          })),
          state: states.map(value => ({
            value,
            label: this.$t(look('transaction', value).label)
          }))
        }
        return FILTERS.filter(name => name !== 'tx_type' || !this.isOwing).map(
          name => ({name, options: options[name]})
        )
      },
      columns() {
        const {sats} = window.satmachine.money
        const column = (name, field, more = {}) => ({
          name,
          field,
          label: this.$t(`satmachineadmin.transactions.column.${name}`),
          align: 'left',
          ...more
        })
        const amount = {align: 'right', classes: 'sm-num', headerClasses: 'sm-num'}
        return [
          column('created_at', 'created_at', {sortable: true}),
          column('direction', row => this.direction(row)),
          column('state', 'state', {sortable: true}),
          column('fiat_amount', row => this.fiat(row), {...amount, sortable: true}),
          column('wire_sats', row => sats(row.wire_sats), {...amount, sortable: true}),
          column('expires_at', 'expires_at')
        ]
      },
      emptyTexts() {
        const view = this.isOwing ? 'none_owing' : 'none_yet'
        const kind = this.filtered ? 'no_match' : view
        const text = part =>
          this.$t(`satmachineadmin.transactions.${kind}.${part}`)
        return {title: text('title'), hint: text('hint'), action: text('action')}
      }
    },
    methods: {
      state: row => window.satmachine.states.transaction(row),
      satsUnit: value => window.satmachine.money.satsUnit(value),
      fiat: row => window.satmachine.money.fiat(row.fiat_amount, row.currency),
      // Until when somebody may act; of what is over it says nothing.
      until({state, expires_at}) {
        return ['invoiced', 'offered', 'expired'].includes(state) ? expires_at : null
      },
      direction(row) {
        const {arrow, label} = window.satmachine.states.direction(row.tx_type)
        return `${arrow} ${this.$t(label)}`
      },
      link(row) {
        return {path: `/satmachineadmin/transactions/${row.id}`, query: this.query}
      },
      show(view) {
        const {machine_id} = this.query
        this.$emit('query', {machine_id, view: view === 'all' ? view : undefined})
      },
      setFilter(name, value) {
        const {page, ...query} = this.query
        this.$emit('query', {...query, [name]: value || undefined})
      },
      turnPage({page, rowsPerPage, sortBy, descending}) {
        this.$emit('query', {
          ...this.query,
          page: page > 1 ? page : undefined,
          rows: rowsPerPage === 25 ? undefined : rowsPerPage,
          sort: sortBy === 'created_at' || !sortBy ? undefined : sortBy,
          order: descending ? undefined : 'asc'
        })
      },
      onKey(event) {
        const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
        if (event.key !== '/' || typing || this.itemId) return
        event.preventDefault()
        this.$refs.search.focus()
      },
      leaveEmpty() {
        const {view} = this.query
        if (this.filtered) this.$emit('query', {view})
        else if (this.isOwing) this.show('all')
        else this.$emit('open', 'machines', null, {})
      },
      changed() {
        this.live.refresh()
        this.$emit('changed')
      },
      async load() {
        try {
          const page = await window.satmachine.machineApi.transactions(this.asked)
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
    async created() {
      this.live = window.satmachine.live.every(PERIOD_MS, () => this.load())
      document.addEventListener('keydown', this.onKey)
      this.machines = await window.satmachine.lps.machines()
    },
    unmounted() {
      this.live.stop()
      document.removeEventListener('keydown', this.onKey)
    }
  }
})()
