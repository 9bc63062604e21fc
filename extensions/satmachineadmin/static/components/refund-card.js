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
    // What may be refunded now: `owed` of a scaled sale, all of one of which nothing came out (`failed`), or
    // what stayed in the machine of one that was paid out before that was known (`late`).
    offer() {
      if (['open', 'claimed'].includes(this.state)) return null
      const {can_refund_failed, can_refund_late} = this.settlement.transaction ?? {}
      if (can_refund_failed) return 'failed'
      if (can_refund_late) return 'late'
      return this.owedSats > 0 ? 'owed' : null
    },
    shown() {
      return !!this.offer || !!this.refund
    },
    sentence() {
      const {fiat, satsUnit} = window.satmachine.money
      const {currency, transaction} = this.settlement
      const offered =
        this.offer === 'owed' ? this.owedSats : transaction?.refund_sats
      return this.$t(`satmachineadmin.refund.${this.offer ?? this.state}`, {
        sats: satsUnit(this.offer ? offered : this.refund.amount_sats),
        fiat: fiat(transaction?.stayed_amount, currency)
      })
    },
    link() {
      return `lightning:${this.refund.lnurl}`
    }
  },
  methods: {
    make(reason, wallet_id) {
      const {makeRefund} = window.satmachine.adminApi
      return makeRefund(this.settlement.id, {reason, wallet_id})
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
