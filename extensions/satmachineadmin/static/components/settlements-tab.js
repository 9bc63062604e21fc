// @ts-check
// The sales, newest first. Page, order and filters live in the address, so a link shows the same.
;(() => {
  const PERIOD_MS = 5000
  const REACHABLE = 10000 // the server's bound on offset
  const FILTERS = ['machine_id', 'state', 'tx_type', 'mark']

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
      filtered() {
        return ['search', ...FILTERS].some(name => this.query[name])
      },
      filters() {
        const {words, look, direction} = window.satmachine.states
        const state = words('settlement').map(value => ({
          value,
          label: this.$t(look('settlement', value).label)
        }))
        const tx_type = ['cash_out', 'cash_in'].map(value => ({
          value,
          label: this.direction({tx_type: value})
        }))
        const machine_id = this.machines.map(machine => ({
          value: machine.id,
          label: machine.name
        }))
        const mark = words('mark').map(value => ({
          value,
          label: this.$t(look('mark', value).label)
        }))
        const options = {machine_id, state, tx_type, mark}
        return FILTERS.map(name => ({name, options: options[name]}))
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
        const amount = {align: 'right', classes: 'sm-num'}
        return [
          column('direction', row => this.direction(row)),
          column('state', 'state', {sortable: true}),
          column('machine', 'machine_name'),
          column('paid_at', 'paid_at', {sortable: true}),
          column('wire_sats', row => sats(row.wire_sats), {
            ...amount,
            sortable: true
          }),
          column('fiat', row => this.fiat(row), amount),
          column('commission', row => sats(row.commission_sats), amount),
          column('legs', row => this.legs(row), amount)
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
        return found ? `${found.arrow} ${this.$t(found.label)}` : '–'
      },
      link(row) {
        const path = `/satmachineadmin/settlements/${row.id}`
        return {path, query: this.query}
      },
      legs(row) {
        return row.legs_total ? `${row.legs_completed}/${row.legs_total}` : '–'
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
          sort: sortBy === 'paid_at' || !sortBy ? undefined : sortBy,
          order: descending ? undefined : 'asc'
        })
      },
      leaveEmpty() {
        if (this.filtered) this.$emit('query', {})
        else this.$emit('open', 'machines', null, {})
      },
      changed() {
        this.live.refresh()
        this.$emit('changed')
      },
      onKey(event) {
        const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
        if (event.key !== '/' || typing || this.itemId) return
        event.preventDefault()
        this.$refs.search.focus()
      },
      async load() {
        try {
          const page = await window.satmachine.adminApi.settlements(this.asked)
          this.rows = page.data
          this.total = page.total
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
      document.addEventListener('keydown', this.onKey)
    },
    unmounted() {
      this.live.stop()
      document.removeEventListener('keydown', this.onKey)
    }
  }
})()
