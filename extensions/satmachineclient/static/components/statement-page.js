// @ts-check
// A month as the books have it: to read, to print, to keep as text, and to check such a text later.
window.satmachine.parts['statement-page'] = {
  template: '#sm-statement-page',
  props: {query: {type: Object, required: true}},
  emits: ['query'],
  data: () => ({
    months: null,
    found: null,
    error: null,
    statementError: null
  }),
  computed: {
    chosen() {
      if (!this.months) return this.query.month
      const names = this.months.map(one => one.month)
      return names.includes(this.query.month) ? this.query.month : names[0]
    },
    options() {
      return this.months.map(({month, is_over: isOver}) => ({
        value: month,
        label: isOver
          ? month
          : this.$t('satmachineclient.statement.so_far', {month})
      }))
    }
  },
  methods: {
    print() {
      window.print()
    },
    copy() {
      const what = this.$t('satmachineclient.statement.the_text')
      const said = this.$t('satmachine.copied', {what})
      LNbits.utils.copyText(this.found.text, said)
    },
    choose(month) {
      this.$emit('query', {month})
    },
    async load() {
      this.error = null
      // The month of the address, if there is one, needs not wait for the others.
      const early = this.loadStatement()
      try {
        this.months = (await window.satmachine.clientApi.statements()).data
      } catch (error) {
        this.error = error
        return
      }
      await early
    },
    async loadStatement() {
      this.found = null
      this.statementError = null
      const month = this.chosen
      if (!month) return
      try {
        const found = await window.satmachine.clientApi.statement(month)
        if (month !== this.chosen) return
        // A month is printed by the clock that it was counted by.
        window.satmachine.times.use(found.time_zone)
        this.found = found
      } catch (error) {
        this.statementError = error
      }
    }
  },
  watch: {
    chosen() {
      this.loadStatement()
    }
  },
  created() {
    this.load()
  }
}
