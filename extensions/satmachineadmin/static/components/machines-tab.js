// @ts-check
// The operator's machines. Page, search and the open dialog live in the address.
;(() => {
  const ROWS = 25

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
        return {page, rowsPerPage: ROWS, rowsNumber: this.total}
      },
      asked() {
        const offset = (this.pagination.page - 1) * ROWS
        return {limit: ROWS, offset, search: this.query.search}
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
          column('name', 'name'),
          column('active', 'active'),
          column('location', row => row.location || '–'),
          column('currency', 'currency'),
          column('cash_out_fee', row => percent(row.cash_out_fee_pct), amount),
          column('cash_in_fee', row => percent(row.cash_in_fee_pct), amount),
          column('settlements', row => sats(row.settlements), amount),
          column('last_sale_at', 'last_sale_at'),
          column('balance', row => sats(row.balance_sats), amount)
        ]
      },
      emptyTexts() {
        const kind = this.query.search ? 'no_match' : 'none_yet'
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
        this.$emit('query', {search: search || undefined})
      },
      turnPage(page) {
        this.$emit('query', {...this.query, page: page > 1 ? page : undefined})
      },
      setAdding(adding) {
        const {add, ...query} = this.query
        this.$emit('query', adding ? {...query, add: '1'} : query)
      },
      leaveEmpty() {
        if (this.query.search) this.$emit('query', {})
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
