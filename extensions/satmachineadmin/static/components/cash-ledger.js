// @ts-check
// Entries of LPs' cash, newest first, with what can be done about each: of everybody, or of one LP.
;(() => {
  const ROWS = 25
  const PERIOD_MS = 10000
  const FILTERS = ['machine_id', 'status', 'kind']

  window.satmachine.parts['cash-ledger'] = {
    template: '#sm-cash-ledger',
    props: {
      // of one LP: its list has no filters and no place in the address
      clientId: {type: String, default: null},
      query: {type: Object, default: () => ({})},
      machines: {type: Array, default: () => []}
    },
    emits: ['query', 'changed'],
    data: () => ({
      rows: null,
      total: 0,
      own: 1,
      error: null,
      loadedAt: null,
      acting: null,
      actError: null,
      correcting: null
    }),
    computed: {
      page() {
        if (this.clientId) return this.own
        return Number.parseInt(this.query.page, 10) || 1
      },
      pages() {
        return Math.max(1, Math.ceil(this.total / ROWS))
      },
      asked() {
        const {search, machine_id, status, kind} = this.query
        const offset = (this.page - 1) * ROWS
        const asked = {limit: ROWS, offset}
        if (this.clientId) return {...asked, client_id: this.clientId}
        return {...asked, search, machine_id, status, kind}
      },
      filtered() {
        return ['search', ...FILTERS].some(name => this.query[name])
      },
      filters() {
        const {words, look} = window.satmachine.states
        const status = words('cash').map(value => ({
          value,
          label: this.$t(look('cash', value).label)
        }))
        const kinds = [
          'deposit',
          'opening',
          'cash_returned',
          'moved',
          'correction',
          'earlier'
        ]
        const options = {
          machine_id: this.machines.map(one => ({
            value: one.id,
            label: one.name
          })),
          status,
          kind: kinds.map(value => ({
            value,
            label: this.$t(`satmachineadmin.cash.kind.${value}`)
          }))
        }
        return FILTERS.map(name => ({name, options: options[name]}))
      }
    },
    methods: {
      words(row) {
        return window.satmachine.cash.words(this.$t, row)
      },
      fiat: (amount, row) => window.satmachine.money.fiat(amount, row.currency),
      emptyText(part) {
        const kind = this.filtered ? 'no_match' : 'none_yet'
        return this.$t(`satmachineadmin.cash.${kind}.${part}`)
      },
      setFilter(name, value) {
        const {page, ...query} = this.query
        this.$emit('query', {...query, [name]: value || undefined})
      },
      turnPage(page) {
        if (this.clientId) this.own = page
        else
          this.$emit('query', {
            ...this.query,
            page: page > 1 ? page : undefined
          })
      },
      async act(row, what) {
        const text = part => this.$t(`satmachineadmin.cash.${what}.${part}`)
        const yes = await window.satmachine.ask(this.$q, {
          title: text('title'),
          message: this.words(row).sentence + '\n' + text('message'),
          yes: this.$t(
            `satmachineadmin.cash.${what}_amount`,
            this.words(row)
          ),
          no: this.$t('satmachineadmin.cash.leave')
        })
        if (!yes) return
        this.acting = row.id
        this.actError = null
        try {
          await window.satmachine.adminApi.actOnCash(row.id, what)
          this.$q.notify({type: 'positive', message: text('done')})
        } catch (error) {
          this.actError = error
        }
        this.acting = null
        this.changed()
      },
      corrected() {
        this.correcting = null
        this.changed()
      },
      changed() {
        this.live.refresh()
        this.$emit('changed')
      },
      async load() {
        try {
          const page = await window.satmachine.adminApi.cash(this.asked)
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
