// @ts-check
// One movement of a sale, or its absence: who, how much, how it went.
window.satmachine.parts['leg-row'] = {
  template: '#sm-leg-row',
  props: {
    leg: {type: Object, required: true},
    platformPct: {type: String, default: null},
    platformBasis: {type: String, default: null},
    later: {type: Boolean, default: false}
  },
  computed: {
    sats() {
      return window.satmachine.money.satsUnit(this.leg.sats)
    },
    fiat() {
      const {fiat_amount, currency} = this.leg
      return window.satmachine.money.fiat(fiat_amount, currency)
    },
    type() {
      return this.$t(`satmachineadmin.leg_type.${this.leg.leg_type}`)
    },
    who() {
      const {leg_type, recipient} = this.leg
      if (leg_type === 'super_fee')
        return this.$t('satmachineadmin.leg.platform')
      if (!recipient) return this.$t('satmachineadmin.leg.nobody')
      if (leg_type !== 'dca') return recipient
      return this.$t('satmachineadmin.leg.lp', {name: recipient})
    },
    share() {
      const {leg_type, share_pct} = this.leg
      const isFee = leg_type === 'super_fee'
      const pct = isFee ? this.platformPct : share_pct
      const share = pct ? window.satmachine.money.percent(pct) : ''
      return share && isFee && this.platformBasis === 'principal'
        ? this.$t('satmachineadmin.leg.of_principal', {share})
        : share
    },
    // The exact share where it is no whole number, and what rounding made of it.
    rounding() {
      const {exact_msat, units} = this.leg.rounding ?? {}
      if (!exact_msat || exact_msat % 1000 === 0) return ''
      const exact = window.satmachine.money.msat(exact_msat)
      const share = units ? 'up' : 'down'
      const way = this.leg.leg_type === 'super_fee' ? 'half' : share
      return this.$t(`satmachineadmin.leg.rounded.${way}`, {exact})
    },
    fees() {
      const {isZero, msat, UNKNOWN} = window.satmachine.money
      return ['fee_msat', 'fee_unused_msat']
        .filter(name => !isZero(this.leg[name]) && msat(this.leg[name]) !== UNKNOWN)
        .map(name =>
          this.$t(`satmachineadmin.leg.${name}`, {sats: msat(this.leg[name])})
        )
        .join(' · ')
    },
    // where it leaves to, unless the recipient is called so already
    address() {
      const {destination_ln_address, recipient} = this.leg
      return destination_ln_address === recipient ? null : destination_ln_address
    },
    reason() {
      if (this.leg.kept_at) return this.$t('satmachineadmin.leg.kept')
      const reason = this.leg.reason
      const key = `satmachineadmin.skip.${reason}`
      if (!reason) return ''
      return this.$te(key, 'en') ? this.$t(key) : reason.replaceAll('_', ' ')
    }
  }
}
