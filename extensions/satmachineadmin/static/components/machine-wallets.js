// @ts-check
// The former wallets of a machine: what is left in each and why, until somebody lets it go.
window.satmachine.parts['machine-wallets'] = {
  template: '#sm-machine-wallets',
  props: {machineId: {type: String, required: true}},
  emits: ['changed'],
  data: () => ({wallets: [], error: null, closing: null, closeError: null}),
  computed: {
    former() {
      return this.wallets.filter(wallet => !wallet.is_current)
    }
  },
  methods: {
    name(wallet) {
      const gone = this.$t('satmachineadmin.wallets.gone')
      return wallet.wallet_name ?? gone
    },
    holds(wallet) {
      const {msat} = window.satmachine.money
      return this.$t('satmachineadmin.wallets.holds', {
        sats: msat(wallet.balance_msat)
      })
    },
    needed(wallet) {
      return wallet.ties.map(tie => this.$t(`satmachineadmin.tie.${tie}`))
    },
    async close(wallet) {
      const name = this.name(wallet)
      const words = part =>
        this.$t(`satmachineadmin.wallets.close.${part}`, {name})
      const sure = await window.satmachine.ask(this.$q, {
        title: words('title'),
        message: words('message'),
        yes: words('label'),
        no: this.$t('satmachine.cancel')
      })
      if (!sure || this.closing) return
      this.closing = wallet.wallet_id
      this.closeError = null
      try {
        const {closeWallet} = window.satmachine.adminApi
        const found = await closeWallet(this.machineId, wallet.wallet_id)
        this.wallets = found.data
        this.$q.notify({type: 'positive', message: words('done')})
      } catch (error) {
        this.closeError = error
        await this.load()
      }
      this.closing = null
      this.$emit('changed')
    },
    async load() {
      try {
        const {machineWallets} = window.satmachine.adminApi
        this.wallets = (await machineWallets(this.machineId)).data
        this.error = null
      } catch (error) {
        this.error = error
      }
    }
  },
  created() {
    this.load()
  }
}
