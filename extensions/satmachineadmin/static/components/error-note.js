// @ts-check
// What happened, what was not done, what to do. `what` is the sentence of what was not done. Where somebody
// listens for it (`@retry`), what only looked looks again from here.
;(() => {
  const ADVISED = [401, 403, 404, 409, 503]

  window.satmachine.parts['error-note'] = {
    template: '#sm-error-note',
    props: {
      error: {type: Object, required: true},
      what: {type: String, required: true},
      asOf: {type: String, default: null},
      onRetry: {type: Function, default: null}
    },
    computed: {
      kind() {
        const {status, wrote, code} = this.error
        if (code === 'request_running') return 'running_write'
        if (!status) return wrote ? 'no_answer_write' : 'no_answer'
        if (ADVISED.includes(status)) return `http_${status}`
        if (status >= 500) return wrote ? 'bug_write' : 'bug'
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
      // Without a proper answer to a change, nobody knows whether it was made.
      unsure() {
        return this.kind.endsWith('_write')
      },
      // A request that may have gone through is not repeated from here.
      retryable() {
        return !!this.onRetry && !this.error.wrote
      }
    }
  }
})()
