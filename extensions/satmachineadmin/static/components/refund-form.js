// @ts-check
// Asks why a customer is refunded and, where the sale was paid out already, from which wallet.
window.satmachine.parts['refund-form'] = {
  template: '#sm-refund-form',
  props: {
    message: {type: String, required: true},
    // the sats of the sale are gone: another wallet of the operator's pays
    fromWallet: {type: Boolean, default: false},
    send: {type: Function, required: true}
  },
  emits: ['done', 'cancel'],
  data: () => ({reason: '', walletId: null, machines: []}),
  computed: {
    wallets() {
      const taken = this.machines.map(machine => machine.wallet_id)
      return this.g.user.wallets
        .filter(wallet => wallet.walletType !== 'lightning-shared')
        .filter(wallet => !taken.includes(wallet.id))
        .map(wallet => ({
          value: wallet.id,
          label: `${wallet.name} · ${wallet.id.slice(0, 6)}…`
        }))
    }
  },
  methods: {
    given(value) {
      return !!value || this.$t('satmachineadmin.form.needed')
    },
    go() {
      return this.send(this.reason, this.walletId ?? undefined)
    }
  },
  async created() {
    if (this.fromWallet) this.machines = await window.satmachine.lps.machines()
  }
}
