// @ts-check
// Where the LP's sats arrive from now on.
window.satmachine.parts['wallet-card'] = {
  template: '#sm-wallet-card',
  props: {preferences: {type: Object, required: true}},
  emits: ['saved'],
  data: () => ({walletId: null}),
  computed: {
    wallets() {
      return window.satmachine.wallets.choosable(this.g.user.wallets)
    }
  },
  methods: {
    async send() {
      const {savePreferences} = window.satmachine.clientApi
      const preferences = await savePreferences({dca_wallet_id: this.walletId})
      const message = this.$t('satmachineclient.wallet.saved')
      this.$q.notify({type: 'positive', message})
      return preferences
    }
  },
  created() {
    const chosen = this.preferences.dca_wallet_id
    const isThere = this.wallets.some(({value}) => value === chosen)
    this.walletId = isThere ? chosen : null
  }
}
