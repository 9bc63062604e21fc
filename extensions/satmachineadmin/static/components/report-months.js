// @ts-check
// A month per machine, LP and partner: to see, print, take along, and close for good.
window.satmachine.parts['report-months'] = {
  template: '#sm-report-months',
  inheritAttrs: false,
  props: {query: {type: Object, required: true}},
  emits: ['open', 'query', 'changed'],
  data: () => ({
    months: null,
    found: null,
    error: null,
    figuresError: null,
    closing: false
  }),
  computed: {
    chosen() {
      const names = this.months?.map(one => one.month) ?? []
      return names.includes(this.query.month) ? this.query.month : names[0]
    },
    entry() {
      return this.months.find(one => one.month === this.chosen)
    },
    options() {
      return this.months.map(({month, closed_at}) => ({
        value: month,
        label: this.$t(
          `satmachineadmin.months.option.${closed_at ? 'closed' : 'open'}`,
          {month}
        )
      }))
    },
    columns() {
      const column = (name, field, more) => ({
        name,
        field,
        label: this.$t(`satmachineadmin.months.column.${name}`),
        align: 'right',
        classes: 'sm-num',
        ...more
      })
      const parts = ['opening', 'came', 'went', 'corrected', 'closing']
      return [
        column('what', row => this.what(row), {align: 'left', classes: ''}),
        ...parts.map(name => column(name, row => this.amount(row, name)))
      ]
    },
    csv() {
      return window.satmachine.adminApi.monthCsv(this.chosen)
    }
  },
  methods: {
    what({subject, machine, name}) {
      const kind = this.$t(`satmachineadmin.months.subject.${subject}`)
      return name ? `${machine} · ${kind} ${name}` : `${kind} ${machine}`
    },
    amount(row, name) {
      const {fiat, exactSats} = window.satmachine.money
      return row.unit === 'SAT'
        ? exactSats(row[name])
        : fiat(row[name], row.unit)
    },
    print() {
      window.print()
    },
    choose(month) {
      this.$emit('query', {month})
    },
    async close() {
      const month = this.chosen
      const words = part => this.$t(`satmachineadmin.months.${part}`, {month})
      const isSure = await window.satmachine.ask(this.$q, {
        title: words('close_title'),
        message: words('close_message'),
        yes: words('close'),
        no: this.$t('satmachine.cancel')
      })
      if (!isSure) return
      this.closing = true
      try {
        await window.satmachine.adminApi.closeMonth(month)
        this.$q.notify({type: 'positive', message: words('closed_done')})
        await this.load()
      } catch (error) {
        this.figuresError = error
      }
      this.closing = false
    },
    async load() {
      this.error = null
      try {
        this.months = (await window.satmachine.adminApi.months()).data
      } catch (error) {
        this.error = error
        return
      }
      await this.loadFigures()
    },
    async loadFigures() {
      this.found = null
      this.figuresError = null
      const month = this.chosen
      if (!month) return
      try {
        const found = await window.satmachine.adminApi.month(month)
        if (month === this.chosen) this.found = found
      } catch (error) {
        this.figuresError = error
      }
    }
  },
  watch: {
    chosen(now, before) {
      if (before) this.loadFigures()
    }
  },
  created() {
    this.load()
  }
}
