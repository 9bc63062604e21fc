// @ts-check
// What a customer paid for notes that did not come out, and the link by which they get it back.
window.satmachine.parts['refund-card'] = {
  template: '#sm-refund-card',
  props: {settlement: {type: Object, required: true}},
  emits: ['changed'],
  data: () => ({asking: false, busy: false, error: null}),
  computed: {
    refund() {
      return this.settlement.refund
    },
    owedSats() {
      const owed = (this.settlement.legs ?? []).filter(
        leg =>
          leg.state === 'skipped' &&
          leg.reason === 'undispensed' &&
          !leg.kept_at
      )
      return owed.reduce((sum, leg) => sum + leg.sats, 0)
    },
    state() {
      const {refund} = this
      if (!refund) return null
      const late = new Date(refund.expires_at) <= new Date()
      return refund.state === 'open' && late ? 'expired' : refund.state
    },
    canMake() {
      return this.owedSats > 0 && !['open', 'claimed'].includes(this.state)
    },
    shown() {
      return this.owedSats > 0 || !!this.refund
    },
    sentence() {
      const {satsUnit} = window.satmachine.money
      const sats = satsUnit(
        this.canMake ? this.owedSats : this.refund.amount_sats
      )
      const name = this.canMake ? 'owed' : this.state
      return this.$t(`satmachineadmin.refund.${name}`, {sats})
    },
    link() {
      return `lightning:${this.refund.lnurl}`
    }
  },
  methods: {
    make(reason) {
      const {makeRefund} = window.satmachine.adminApi
      return makeRefund(this.settlement.id, reason)
    },
    made() {
      this.asking = false
      this.$emit('changed')
    },
    async cancel() {
      const {adminApi, ask} = window.satmachine
      const sure = await ask(this.$q, {
        title: this.$t('satmachineadmin.refund.cancel_title'),
        message: this.$t('satmachineadmin.refund.cancel_message'),
        yes: this.$t('satmachineadmin.refund.cancel'),
        no: this.$t('satmachineadmin.refund.leave')
      })
      if (!sure || this.busy) return
      this.busy = true
      this.error = null
      try {
        await adminApi.cancelRefund(this.settlement.id)
      } catch (error) {
        this.error = error
      }
      this.busy = false
      this.$emit('changed')
    }
  }
}
