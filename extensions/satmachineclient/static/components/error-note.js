// @ts-check
// What happened, what was not done, what to do. `what` is the sentence of what was not done.
window.satmachine.parts['error-note'] = {
  template: '#sm-error-note',
  props: {
    error: {type: Object, required: true},
    what: {type: String, required: true},
    asOf: {type: String, default: null}
  },
  emits: ['retry'],
  computed: {
    kind() {
      const {status, wrote} = this.error
      if (!status) return wrote ? 'no_answer_write' : 'no_answer'
      if (status >= 500 && status !== 503) return wrote ? 'bug_write' : 'bug'
      if ([401, 403, 404, 409, 503].includes(status)) return `http_${status}`
      return 'refused'
    },
    happened() {
      const key = this.error.status ? 'happened' : 'happened_no_answer'
      return (
        this.error.detail ||
        this.$t(`satmachine.error.${key}`, {status: this.error.status})
      )
    },
    advice() {
      return this.$t(`satmachine.error.advice.${this.kind}`)
    },
    // A request that may have gone through is not repeated from here.
    retryable() {
      return !this.error.wrote
    }
  }
}
