// @ts-check
// The frame of every form: its title, its fields, what went wrong, and the buttons. What is in its
// slot says what is asked for; `send` does it.
window.satmachine.parts['form-card'] = {
  template: '#sm-form-card',
  props: {
    title: {type: String, default: ''},
    label: {type: String, required: true},
    // what leaving it undone is called, where that is not to cancel
    undone: {type: String, default: ''},
    // what was not done, for when it fails
    what: {type: String, required: true},
    send: {type: Function, required: true},
    ready: {type: Boolean, default: true},
    // the refusal is shown at one of the fields
    atField: {type: Boolean, default: false},
    // Enter does nothing: what cannot be taken back is pressed
    pressed: {type: Boolean, default: false},
    // asks for nothing first: what it sends only looks
    starts: {type: Boolean, default: false},
    // stands in the page, not in a dialog: one button, nothing to cancel
    inPage: {type: Boolean, default: false}
  },
  emits: ['done', 'cancel', 'failed'],
  data: () => ({busy: false, error: null}),
  methods: {
    async press() {
      if (await this.$refs.form.validate()) this.submit()
    },
    async submit() {
      if (this.busy || !this.ready) return
      this.busy = true
      this.say(null)
      try {
        this.$emit('done', await this.send())
      } catch (error) {
        this.say(error)
      }
      this.busy = false
    },
    say(error) {
      this.error = error
      this.$emit('failed', error)
    }
  },
  mounted() {
    if (!this.inPage) window.satmachine.http.newAct()
    if (this.starts) this.submit()
  }
}
