// @ts-check
// Pays an LP's balance off, from a wallet of the operator's: what it comes to first, then the button.
window.satmachine.parts['payoff-dialog'] = {
  template: '#sm-payoff-dialog',
  props: {lp: {type: Object, required: true}},
  emits: ['done', 'close'],
  computed: {
    dialog() {
      const {id, currency} = this.lp
      const api = window.satmachine.adminApi
      const wallets = this.g.user.wallets
        .filter(wallet => wallet.walletType !== 'lightning-shared')
        .map(wallet => ({value: wallet.id, label: wallet.name}))
      return {
        kind: 'settle',
        fields: [
          {
            name: 'funding_wallet_id',
            type: 'select',
            options: wallets,
            needed: true
          },
          {
            name: 'exchange_rate',
            type: 'decimal',
            suffix: `sat/${currency}`,
            needed: true
          },
          {name: 'amount_fiat', type: 'decimal', suffix: currency}
        ],
        preview: body => api.previewPayoff(id, body),
        figures: seen => this.figures(seen),
        send: body => api.settleBalance(id, body)
      }
    }
  },
  methods: {
    figures(seen) {
      const {satsUnit, fiat, rate} = window.satmachine.money
      const line = (name, value) => ({
        label: this.$t(`satmachineadmin.correction.figure.${name}`),
        value
      })
      return [
        line('lp', seen.username),
        line('remaining', fiat(seen.remaining, seen.currency)),
        line('paid_off', fiat(seen.amount_fiat, seen.currency)),
        line('pays', satsUnit(seen.sats)),
        line('funding', satsUnit(seen.funding_sats)),
        line('reference', rate(seen.reference_rate, seen.currency))
      ]
    }
  }
}
