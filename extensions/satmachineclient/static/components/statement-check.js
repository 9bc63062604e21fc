// @ts-check
// Whether the text of a statement, which somebody kept or was given, is what the books still say.
window.satmachine.parts['statement-check'] = {
  template: '#sm-statement-check',
  data: () => ({text: '', checked: null, names: new Map()}),
  computed: {
    changes() {
      return this.checked.changes.map(window.satmachine.statement.difference)
    },
    look() {
      const looks = {
        unchanged: {icon: 'check_circle', color: 'positive'},
        changed: {icon: 'error', color: 'negative'},
        not_yours: {icon: 'help', color: 'warning'}
      }
      return looks[this.checked.verdict]
    }
  },
  watch: {
    // A verdict is of the text that was checked and of no other.
    text() {
      this.checked = null
    }
  },
  methods: {
    given(value) {
      return !!value?.trim() || this.$t('satmachineclient.statement.needed')
    },
    async send() {
      const {read, sheet} = window.satmachine.statement
      const {machines} = sheet(read(this.text))
      const checked = await window.satmachine.clientApi.checkStatement(this.text)
      this.names = new Map(machines.map(({key, name}) => [key, name]))
      this.checked = checked
    }
  }
}
