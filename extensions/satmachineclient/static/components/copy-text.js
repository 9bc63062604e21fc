// @ts-check
// An identifier, short, with a button that copies all of it.
window.satmachine.parts['copy-text'] = {
  template: '#sm-copy-text',
  props: {
    value: {type: String, default: null},
    what: {type: String, required: true}
  },
  computed: {
    short() {
      const value = this.value ?? '–'
      return value.length > 12
        ? `${value.slice(0, 6)}…${value.slice(-4)}`
        : value
    }
  },
  methods: {
    copy() {
      const done = this.$t('satmachine.copied', {what: this.what})
      LNbits.utils.copyText(this.value, done)
    }
  }
}
