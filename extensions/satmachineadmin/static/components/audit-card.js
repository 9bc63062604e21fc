// @ts-check
// The audit trail: one question, "is it whole", and its answer.
window.satmachine.parts['audit-card'] = {
  template: '#sm-audit-card',
  data: () => ({verdict: null, verifiedAt: null, error: null, verifying: false}),
  computed: {
    events() {
      return window.satmachine.money.sats(this.verdict.events)
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
        this.verifiedAt = new Date().toISOString()
        this.error = null
      } catch (error) {
        this.verdict = null
        this.error = error
      }
      this.verifying = false
    }
  }
}
