// @ts-check
// The audit trail: one question, "is it whole", and its answer.
window.satmachine.parts['audit-card'] = {
  template: '#sm-audit-card',
  data: () => ({verdict: null, error: null, verifying: false}),
  computed: {
    events() {
      return window.satmachine.money.sats(this.verdict.events)
    },
    ownEvents() {
      return window.satmachine.money.sats(this.verdict.own_events)
    },
    look() {
      return this.verdict.ok
        ? {icon: 'verified', color: 'positive'}
        : {icon: 'report', color: 'negative'}
    }
  },
  methods: {
    async verify() {
      this.verifying = true
      try {
        this.verdict = await window.satmachine.adminApi.verifyAudit()
        this.error = null
      } catch (error) {
        this.verdict = null
        this.error = error
      }
      this.verifying = false
    }
  }
}
