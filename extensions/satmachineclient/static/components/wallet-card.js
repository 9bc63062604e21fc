// @ts-check
// Where the LP's sats arrive: the first choice, with a wallet preselected, and any later one.
window.satmachine.parts['wallet-card'] = {
  template: '#sm-wallet-card',
  props: {preferences: {type: Object, required: true}},
  emits: ['saved'],
  data() {
    return {walletId: null}
  },
  computed: {
    wallets() {
      return this.g.user.wallets
        .filter(wallet => wallet.walletType !== 'lightning-shared')
        .map(wallet => ({
          value: wallet.id,
          label: `${wallet.name} · ${wallet.id.slice(0, 6)}…`
        }))
    }
  },
  methods: {
    text(part) {
      const kind = this.preferences.onboarded ? 'change' : 'first'
      return this.$t(`satmachineclient.wallet.${kind}.${part}`)
    },
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
    this.walletId = chosen ?? this.wallets[0]?.value ?? null
  }
}
