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
    choices() {
      const wallet = this.$t('satmachineclient.arrive_in', {
        wallet: this.walletName
      })
      return [
        {name: 'wallet', icon: 'account_balance_wallet', text: wallet},
        {name: 'pace', icon: 'speed', text: this.pace}
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
