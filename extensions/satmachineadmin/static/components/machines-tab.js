// @ts-check
// The operator's machines. Page, search and the open dialog live in the address.
;(() => {
  const ROWS = 25
  // A state to look for, as the server filters by it.
  const STATES = {
    active: {active: true},
    inactive: {active: false},
    maintenance: {maintenance: true},
    paused: {paused: true}
  }

  window.satmachine.parts['machines-tab'] = {
    template: '#sm-machines-tab',
    inheritAttrs: false,
    props: {
      itemId: {type: String, default: null},
      query: {type: Object, required: true}
    },
    emits: ['open', 'query', 'changed'],
    data: () => ({rows: null, total: 0, error: null, loadedAt: null}),
    computed: {
      adding() {
        return this.query.add === '1'
      },
      pagination() {
        const page = Number.parseInt(this.query.page, 10) || 1
        return {
          page,
          rowsPerPage: ROWS,
          rowsNumber: this.total,
          sortBy: this.query.sort || 'created_at',
          descending: this.query.order !== 'asc'
        }
      },
      asked() {
        const {page, sortBy, descending} = this.pagination
        return {
          limit: ROWS,
          offset: (page - 1) * ROWS,
          sortby: sortBy,
          direction: descending ? 'desc' : 'asc',
          search: this.query.search,
          ...STATES[this.query.state]
        }
      },
      states() {
        return Object.keys(STATES).map(value => ({
          value,
          label: this.$t(`satmachine.state.machine.${value}`)
        }))
      },
      columns() {
        const {percent, sats} = window.satmachine.money
        const column = (name, field, more = {}) => ({
          name,
          field,
          label: this.$t(`satmachineadmin.machines.column.${name}`),
          align: 'left',
          ...more
        })
        const amount = {align: 'right', classes: 'sm-num'}
        return [
          column('name', 'name', {sortable: true}),
          column('active', 'active'),
          column('location', row => row.location || '–'),
          column('currency', 'currency'),
          column('cash_out_fee', row => percent(row.cash_out_fee_pct), amount),
          column('cash_in_fee', row => percent(row.cash_in_fee_pct), amount),
          column('settlements', row => sats(row.settlements), {
            ...amount,
            sortable: true
          }),
          column('last_sale_at', 'last_sale_at', {sortable: true}),
          column('balance', row => sats(row.balance_sats), {
            ...amount,
            sortable: true
          }),
          column('proof', 'difference_msat')
        ]
      },
      isFiltered() {
        return !!(this.query.search || this.query.state)
      },
      emptyTexts() {
        const kind = this.isFiltered ? 'no_match' : 'none_yet'
        const text = part => this.$t(`satmachineadmin.machines.${kind}.${part}`)
        return {
          title: text('title'),
          hint: text('hint'),
          action: text('action')
        }
      }
    },
    methods: {
      machineState: row => window.satmachine.states.machine(row),
      satsUnit: value => window.satmachine.money.satsUnit(value),
      sales(count) {
        const n = window.satmachine.money.sats(count)
        return this.$t('satmachineadmin.machines.sales', {n}, count)
      },
      link(row) {
        return {path: `/satmachineadmin/machines/${row.id}`, query: this.query}
      },
      place: row => [row.location, row.currency].filter(Boolean).join(' · '),
      search(search) {
        const {page, ...query} = this.query
        this.$emit('query', {...query, search: search || undefined})
      },
      // Another order begins at its first page.
      turn({pagination: {page, sortBy, descending}}) {
        const isSame =
          sortBy === this.pagination.sortBy &&
          descending === this.pagination.descending
        this.$emit('query', {
          ...this.query,
          sort: sortBy ?? undefined,
          order: descending ? undefined : 'asc',
          page: isSame && page > 1 ? page : undefined
        })
      },
      filter(state) {
        const {page, ...query} = this.query
        this.$emit('query', {...query, state: state ?? undefined})
      },
      proof(row) {
        if (row.difference_msat === null) return null
        return window.satmachine.money.isZero(row.difference_msat)
          ? {icon: 'verified', color: 'positive', text: 'agrees'}
          : {icon: 'report', color: 'negative', text: 'differs'}
      },
      setAdding(adding) {
        const {add, ...query} = this.query
        this.$emit('query', adding ? {...query, add: '1'} : query)
      },
      setPaired() {
        const {pair, ...query} = this.query
        if (pair) this.$emit('query', query)
      },
      leaveEmpty() {
        if (this.isFiltered) this.$emit('query', {})
        else this.setAdding(true)
      },
      added(machine) {
        this.changed()
        this.$emit('open', 'machines', machine.id, {})
      },
      changed() {
        this.live.refresh()
        this.$emit('changed')
      },
      onKey(event) {
        const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
        if (event.key !== '/' || typing || this.itemId || this.adding) return
        event.preventDefault()
        this.$refs.search.focus()
      },
      async load() {
        try {
          const page = await window.satmachine.adminApi.machines(this.asked)
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
      this.live = window.satmachine.live.every(15000, () => this.load())
      document.addEventListener('keydown', this.onKey)
    },
    unmounted() {
      this.live.stop()
      document.removeEventListener('keydown', this.onKey)
    }
  }
})()
