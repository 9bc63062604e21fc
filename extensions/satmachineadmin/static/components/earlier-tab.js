// @ts-check
// Sales of before the move, newest first: history, which nothing here pays. The address holds everything.
;(() => {
  const ROWS = 25
  const FILTERS = ['machine_id', 'status']
  // What the predecessor called what became of a sale.
  const STATUSES = ['processed', 'pending', 'processing', 'partial', 'errored', 'refunded', 'rejected']

  window.satmachine.parts['earlier-tab'] = {
    template: '#sm-earlier-tab',
    inheritAttrs: false,
    props: {
      itemId: {type: String, default: null},
      query: {type: Object, required: true}
    },
    emits: ['open', 'query'],
    data: () => ({rows: null, total: 0, error: null, loading: false, machines: []}),
    computed: {
      pagination() {
        return {
          page: Number.parseInt(this.query.page, 10) || 1,
          rowsPerPage: ROWS,
          sortBy: this.query.sort || 'paid_at',
          descending: this.query.order !== 'asc',
          rowsNumber: this.total
        }
      },
      filter() {
        const {search, machine_id, status} = this.query
        return {search, machine_id, status}
      },
      asked() {
        const {page, sortBy, descending} = this.pagination
        return {
          ...this.filter,
          limit: ROWS,
          offset: (page - 1) * ROWS,
          sortby: sortBy,
          direction: descending ? 'desc' : 'asc'
        }
      },
      filtered() {
        return ['search', ...FILTERS].some(name => this.query[name])
      },
      file() {
        const {machine_id} = this.query
        return window.satmachine.adminApi.csv('earlier-sales', {machine_id})
      },
      filters() {
        const {look} = window.satmachine.states
        const options = {
          machine_id: this.machines.map(({id, name}) => ({value: id, label: name})),
          status: STATUSES.map(value => ({
            value,
            label: this.$t(look('earlier', value).label)
          }))
        }
        return FILTERS.map(name => ({
          name,
          options: options[name],
          label: this.$t(`satmachineadmin.settlements.filter.${name === 'status' ? 'state' : name}`)
        }))
      },
      columns() {
        const {sats} = window.satmachine.money
        const column = (name, field, more = {}) => ({
          name,
          field,
          label: this.$t(`satmachineadmin.settlements.column.${name}`),
          align: 'left',
          ...more
        })
        const amount = {align: 'right', classes: 'sm-num', headerClasses: 'sm-num'}
        const of = (name, more = {}) =>
          column(name, row => sats(row[name]), {...amount, ...more})
        return [
          column('paid_at', 'paid_at', {sortable: true}),
          column('direction', row => this.direction(row)),
          column('state', 'status'),
          of('wire_sats', {sortable: true}),
          of('principal_sats'),
          of('commission_sats'),
          of('platform_fee_sats'),
          of('operator_fee_sats'),
          column('fiat', row => this.fiat(row), amount)
        ]
      },
      sentence() {
        const n = window.satmachine.money.sats(this.total)
        const kind = this.filtered ? 'matching' : 'all'
        return this.$t(`satmachineadmin.earlier_sales.${kind}`, {n}, this.total)
      }
    },
    methods: {
      satsUnit: value => window.satmachine.money.satsUnit(value),
      fiat({fiat_amount, currency}) {
        const {fiat, minorDigits} = window.satmachine.money
        const {nearest} = window.satmachine.earlier
        return fiat(nearest(fiat_amount, minorDigits(currency)), currency)
      },
      direction({tx_type}) {
        const {arrow, label} = window.satmachine.states.direction(tx_type)
        return `${arrow} ${this.$t(label)}`
      },
      link(row) {
        return {path: `/satmachineadmin/earlier/${row.id}`, query: this.query}
      },
      empty(part) {
        const kind = this.filtered ? 'no_match' : 'none'
        return this.$t(`satmachineadmin.earlier_sales.${kind}.${part}`)
      },
      leaveEmpty() {
        if (this.filtered) this.$emit('query', {})
        else this.$emit('open', 'settlements', null, {})
      },
      set(name, value) {
        const {page, ...query} = this.query
        this.$emit('query', {...query, [name]: value || undefined})
      },
      turnPage({page, sortBy, descending}) {
        this.$emit('query', {
          ...this.query,
          page: page > 1 ? page : undefined,
          sort: sortBy === 'paid_at' || !sortBy ? undefined : sortBy,
          order: descending ? undefined : 'asc'
        })
      },
      onKey(event) {
        const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
        if (event.key !== '/' || typing || this.itemId) return
        event.preventDefault()
        this.$refs.search.focus()
      },
      // History stays as it is: it is asked for once.
      async load() {
        const {asked} = this
        this.loading = true
        try {
          const {data, total} = await window.satmachine.movingApi.earlierSales(asked)
          // The reader may have asked for something else meanwhile.
          if (JSON.stringify(asked) !== JSON.stringify(this.asked)) return
          Object.assign(this, {rows: data, total, error: null})
        } catch (error) {
          this.error = error
        }
        this.loading = false
      }
    },
    watch: {
      asked(now, before) {
        if (JSON.stringify(now) !== JSON.stringify(before)) this.load()
      }
    },
    async created() {
      document.addEventListener('keydown', this.onKey)
      this.load()
      this.machines = await window.satmachine.lps.machines()
    },
    unmounted() {
      document.removeEventListener('keydown', this.onKey)
    }
  }
})()
