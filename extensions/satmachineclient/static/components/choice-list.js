// @ts-check
// What the LP has chosen, each with a way to change it.
window.satmachine.parts['choice-list'] = {
  template: '#sm-choice-list',
  props: {
    preferences: {type: Object, required: true},
    positions: {type: Array, required: true}
  },
  emits: ['saved'],
  data: () => ({changing: null}),
  computed: {
    currencies() {
      return [...new Set(this.positions.map(position => position.currency))]
    },
    walletName() {
      const id = this.preferences.dca_wallet_id
      const wallet = this.g.user.wallets.find(wallet => wallet.id === id)
      return wallet?.name ?? this.$t('satmachineclient.wallet_gone')
    },
    pace() {
      const now = this.preferences
      const limit = window.satmachine.money.fiat(
        now.fixed_mode_daily_limit,
        now.fixed_mode_currency
      )
      return this.$t(`satmachineclient.pace.now.${now.default_dca_mode}`, {
        limit
      })
    },
    forward() {
      const now = this.preferences
      const {sats, satsUnit} = window.satmachine.money
      const text = (part, words) =>
        this.$t(`satmachineclient.forward.now.${part}`, words)
      if (!now.autoforward_enabled) return {text: text('off'), caption: ''}
      const least = now.autoforward_min_sats
      const gathering = now.autoforward_gathering_sats
      const counted = {sats: sats(gathering), least: satsUnit(least)}
      const part = gathering ? 'gathering' : 'least'
      return {
        text: text('on', {address: now.autoforward_ln_address}),
        caption: least || gathering ? text(part, counted) : ''
      }
    },
    choices() {
      const wallet = this.$t('satmachineclient.arrive_in', {
        wallet: this.walletName
      })
      return [
        {name: 'wallet', icon: 'account_balance_wallet', text: wallet},
        {name: 'pace', icon: 'speed', text: this.pace},
        {name: 'forward', icon: 'forward', ...this.forward}
      ]
    }
  },
  methods: {
    saved(preferences) {
      this.changing = null
      this.$emit('saved', preferences)
    }
  }
}
