// @ts-check
// LPs and their cash: who gives cash at which machine, or every entry of it. All of it in the address.
;(() => {
  const PERIOD_MS = 10000
  const FILTERS = ['machine_id', 'status']

  window.satmachine.parts['lps-tab'] = {
    template: '#sm-lps-tab',
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
      booking: null,
      bookings: 0
    }),
    computed: {
      inviting() {
        return this.query.invite === '1'
      },
      isCash() {
        return this.query.view === 'cash'
      },
      pagination() {
        return {
          page: Number.parseInt(this.query.page, 10) || 1,
          rowsPerPage: Number.parseInt(this.query.rows, 10) || 25,
          sortBy: this.query.sort || 'created_at',
          descending: this.query.order !== 'asc',
          rowsNumber: this.total
        }
      },
      asked() {
        const {page, rowsPerPage, sortBy, descending} = this.pagination
        const {machine_id, status, search} = this.query
        return {
          limit: rowsPerPage,
          offset: (page - 1) * rowsPerPage,
          sortby: sortBy,
          direction: descending ? 'desc' : 'asc',
          search,
          machine_id,
          status,
          // Those that are over are looked for by their status.
          is_ended: status ? undefined : false
        }
      },
      filtered() {
        return ['search', ...FILTERS].some(name => this.query[name])
      },
      filters() {
        const {words, look} = window.satmachine.states
        const status = words('enrolment').map(value => ({
          value,
          label: this.$t(look('enrolment', value).label)
        }))
        const machine_id = this.machines.map(machine => ({
          value: machine.id,
          label: machine.name
        }))
        return [
          {name: 'machine_id', options: machine_id},
          {name: 'status', options: status}
        ]
      },
      columns() {
        const {sats} = window.satmachine.money
        const column = (name, field, more = {}) => ({
          name,
          field,
          label: this.$t(`satmachineadmin.lps.column.${name}`),
          align: 'left',
          ...more
        })
        const amount = {align: 'right', classes: 'sm-num'}
        const sorted = {...amount, sortable: true}
        return [
          column('username', 'username', {sortable: true}),
          column('status', 'status', {sortable: true}),
          column('machine', 'machine_name'),
          column('remaining', row => this.fiat(row, 'remaining'), sorted),
          column('deposited', row => this.fiat(row, 'confirmed'), sorted),
          column('received_sats', row => sats(row.received_sats), sorted),
          column('share', row => this.share(row), amount),
          column('days', row => this.days(row), amount),
          column('act', 'id', {align: 'right'})
        ]
      },
      emptyTexts() {
        const kind = this.filtered ? 'no_match' : 'none_yet'
        const text = part => this.$t(`satmachineadmin.lps.${kind}.${part}`)
        return {
          title: text('title'),
          hint: text('hint'),
          action: text('action')
        }
      }
    },
    methods: {
      fiat({balance}, name) {
        return window.satmachine.money.fiat(balance[name], balance.currency)
      },
      share: row => window.satmachine.lps.share(row),
      days: row => window.satmachine.lps.days(row),
      isBooked: row => window.satmachine.lps.takesCash(row),
      link(row) {
        return {path: `/satmachineadmin/lps/${row.id}`, query: this.query}
      },
      setFilter(name, value) {
        const {page, ...query} = this.query
        this.$emit('query', {...query, [name]: value || undefined})
      },
      // What filters one list says nothing about the other.
      show(view) {
        this.$emit('query', view === 'cash' ? {view} : {})
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
      setInviting(inviting) {
        const {invite, ...query} = this.query
        this.$emit('query', inviting ? {...query, invite: '1'} : query)
      },
      leaveEmpty() {
        if (this.filtered) this.$emit('query', {})
        else this.setInviting(true)
      },
      changed() {
        this.bookings++
        this.live.refresh()
        this.$emit('changed')
      },
      onKey(event) {
        const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
        if (event.key !== '/' || typing || this.itemId || this.inviting) return
        event.preventDefault()
        this.$refs.search?.focus()
      },
      async load() {
        if (this.isCash) return
        try {
          const page = await window.satmachine.adminApi.clients(this.asked)
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
      },
      isCash() {
        this.live.refresh()
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
