// @ts-check
// What the list of sales is narrowed down to: one search box, filters, days, and the same as a file.
;(() => {
  const SELECTS = ['machine_id', 'state', 'tx_type', 'mark']
  const DAYS = ['since', 'until']

  window.satmachine.parts['sale-filters'] = {
    template: '#sm-sale-filters',
    props: {
      query: {type: Object, required: true},
      machines: {type: Array, required: true}
    },
    emits: ['query', 'enter'],
    data: () => ({days: DAYS, isOpen: false}),
    computed: {
      selects() {
        const {words, look, direction} = window.satmachine.states
        const of = kind =>
          words(kind).map(value => ({
            value,
            label: this.$t(look(kind, value).label)
          }))
        const tx_type = ['cash_out', 'cash_in'].map(value => ({
          value,
          label: `${direction(value).arrow} ${this.$t(direction(value).label)}`
        }))
        const machine_id = this.machines.map(machine => ({
          value: machine.id,
          label: machine.name
        }))
        const options = {
          machine_id,
          state: of('settlement'),
          tx_type,
          mark: of('mark')
        }
        return SELECTS.map(name => ({name, options: options[name]}))
      },
      chosen() {
        return [...SELECTS, ...DAYS].filter(name => this.query[name]).length
      },
      // A phone shows the sales first; what is chosen stays in sight.
      isShown() {
        return this.$q.screen.gt.xs || this.isOpen || this.chosen > 0
      },
      file() {
        const asked = {search: this.query.search}
        for (const name of [...SELECTS, ...DAYS]) asked[name] = this.query[name]
        return window.satmachine.adminApi.csv('sales', asked)
      }
    },
    methods: {
      set(name, value) {
        const {page, ...query} = this.query
        this.$emit('query', {...query, [name]: value || undefined})
      },
      onKey(event) {
        const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
        const isOver = document.querySelector('.q-dialog')
        if (event.key !== '/' || typing || isOver) return
        event.preventDefault()
        this.$refs.search.focus()
      }
    },
    created() {
      document.addEventListener('keydown', this.onKey)
    },
    unmounted() {
      document.removeEventListener('keydown', this.onKey)
    }
  }
})()
