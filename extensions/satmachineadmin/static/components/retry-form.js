// @ts-check
// Failed legs of a sale are tried again: which of them, and for a share of the commission also where.
window.satmachine.parts['retry-form'] = {
  template: '#sm-retry-form',
  props: {settlement: {type: Object, required: true}},
  emits: ['done', 'cancel'],
  data() {
    const failed = this.settlement.legs.filter(leg => leg.state === 'failed')
    return {
      rows: failed.map(leg => ({leg, wanted: true, target: '', inRules: true}))
    }
  },
  computed: {
    wanted() {
      return this.rows.filter(row => row.wanted)
    },
    message() {
      if (!this.rows.length)
        return this.$t('satmachineadmin.revise.retry.resume')
      const {sumSats, satsUnit} = window.satmachine.money
      const sats = satsUnit(sumSats(this.wanted.map(row => row.leg.sats)))
      return this.$t('satmachineadmin.revise.retry.message', {sats})
    },
    // With nothing to choose from, the sale just goes on.
    ready() {
      return !this.rows.length || this.wanted.length > 0
    }
  },
  methods: {
    label(leg) {
      const sats = window.satmachine.money.satsUnit(leg.sats)
      const platform = this.$t('satmachineadmin.leg.platform')
      const who = leg.leg_type === 'super_fee' ? platform : leg.recipient
      return `${who} · ${sats}`
    },
    body() {
      if (!this.rows.length) return {}
      const legs = this.wanted.map(({leg, target}) => ({
        leg_id: leg.id,
        ...(target ? {target} : {})
      }))
      return {legs}
    },
    // Rules that do not name the old receiver any more have been changed already.
    async changeRules() {
      const {replaceTarget} = window.satmachine.adminApi
      for (const {leg, target, inRules} of this.wanted) {
        const old = leg.destination_wallet_id || leg.destination_ln_address
        if (!target || !inRules || !old) continue
        try {
          await replaceTarget({target: old, new_target: target})
        } catch (error) {
          if (error.status !== 404) throw error
          const message = this.$t('satmachineadmin.revise.retry.rules_kept')
          this.$q.notify({type: 'info', message})
        }
      }
    },
    async send() {
      await this.changeRules()
      const {retrySettlement} = window.satmachine.adminApi
      return retrySettlement(this.settlement.id, this.body())
    }
  }
}
