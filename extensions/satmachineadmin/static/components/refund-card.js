// @ts-check
// What a customer paid for notes that did not come out, and the link by which they get it back.
window.satmachine.parts['refund-card'] = {
  template: '#sm-refund-card',
  props: {settlement: {type: Object, required: true}},
  emits: ['changed'],
  data: () => ({asking: false, reason: '', busy: false, error: null}),
  computed: {
    refund() {
      return this.settlement.refund
    },
    owedSats() {
      const owed = (this.settlement.legs ?? []).filter(
        leg => leg.state === 'skipped' && leg.reason === 'undispensed'
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
    async run(act) {
      if (this.busy) return
      this.busy = true
      this.error = null
      try {
        await act()
        this.asking = false
        this.reason = ''
      } catch (error) {
        this.error = error
      }
      this.busy = false
      this.$emit('changed')
    },
    make() {
      const {makeRefund} = window.satmachine.adminApi
      return this.run(() => makeRefund(this.settlement.id, this.reason))
    },
    askCancel() {
      const {cancelRefund} = window.satmachine.adminApi
      this.$q
        .dialog({
          title: this.$t('satmachineadmin.refund.cancel_title'),
          message: this.$t('satmachineadmin.refund.cancel_message'),
          ok: {
            label: this.$t('satmachineadmin.refund.cancel'),
            noCaps: true,
            unelevated: true
          },
          cancel: {
            label: this.$t('satmachineadmin.refund.leave'),
            noCaps: true,
            flat: true
          },
          focus: 'cancel'
        })
        .onOk(() => this.run(() => cancelRefund(this.settlement.id)))
    }
  }
}
