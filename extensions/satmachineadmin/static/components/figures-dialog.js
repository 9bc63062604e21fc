// @ts-check
// A correction: what the operator enters, what it comes to, and only then the button that does it.
// `preview` asks the server what would happen; without one the entries speak for themselves.
window.satmachine.parts['figures-dialog'] = {
  template: '#sm-figures-dialog',
  props: {
    kind: {type: String, required: true},
    fields: {type: Array, default: () => []},
    preview: {type: Function, default: null},
    figures: {type: Function, default: () => []},
    send: {type: Function, required: true}
  },
  emits: ['done', 'close'],
  data() {
    const first = this.fields.map(field => [field.name, field.value ?? ''])
    return {
      shown: true,
      form: Object.fromEntries(first),
      seen: null,
      confirmed: false
    }
  },
  computed: {
    // A far-off rate is not forbidden, but somebody has to say that it is right.
    doubtful() {
      return this.seen?.is_plausible === false
    },
    blocked() {
      return this.seen?.why_not ?? null
    },
    lines() {
      return this.seen ? this.figures(this.seen) : []
    },
    looks() {
      return !!this.preview && !this.seen
    },
    ready() {
      return !this.blocked && (!this.doubtful || this.confirmed)
    }
  },
  watch: {
    form: {
      deep: true,
      handler() {
        this.seen = null
        this.confirmed = false
      }
    }
  },
  methods: {
    word(part) {
      return this.$t(`satmachineadmin.correction.${this.kind}.${part}`)
    },
    label: name => `satmachineadmin.correction.field.${name}`,
    needed(field) {
      if (!field.needed) return []
      return [value => !!value || this.$t('satmachineadmin.form.needed')]
    },
    // What was left empty is not sent.
    body() {
      const given = this.fields
        .filter(({name}) => this.form[name] !== '')
        .map(({name, type}) => {
          const value = this.form[name]
          return [name, type === 'sats' ? parseInt(value, 10) : value]
        })
      return Object.fromEntries(given)
    },
    async look() {
      this.seen = await this.preview(this.body())
    },
    // The first press shows what would happen, the second one does it.
    async go() {
      if (this.looks) return this.look()
      const confirm = this.doubtful ? {confirm: true} : {}
      await this.send({...this.body(), ...confirm})
      this.$q.notify({type: 'positive', message: this.word('done')})
      this.$emit('done')
      this.shown = false
    }
  }
}
