// @ts-check
// One receiver of a split: where it is paid, what it is called, and its share.
;(() => {
  const WALLET_OR_KEY = /^[0-9a-f]{32}$/

  window.satmachine.parts['split-line'] = {
    template: '#sm-split-line',
    props: {
      line: {type: Object, required: true},
      example: {type: String, default: ''},
      // {name, problem} of a refusal that means this line
      problem: {type: Object, default: null},
      removable: {type: Boolean, default: true}
    },
    emits: ['change', 'remove'],
    computed: {
      wallets() {
        return this.g.user.wallets.filter(
          wallet => wallet.walletType !== 'lightning-shared'
        )
      },
      ownWallet() {
        return this.wallets.find(wallet => wallet.id === this.line.target)
      },
      kind() {
        const {target} = this.line
        if (!target) return 'none'
        if (this.ownWallet) return 'own_wallet'
        if (WALLET_OR_KEY.test(target)) return 'wallet'
        if (target.includes('@') && !target.includes('/')) return 'ln_address'
        return 'lnurl'
      },
      kindText() {
        return this.$t(`satmachineadmin.commission.kind.${this.kind}`, {
          name: this.ownWallet?.name
        })
      }
    },
    methods: {
      set(name, value) {
        this.$emit('change', {[name]: String(value ?? '').trim()})
      },
      pick(wallet) {
        this.$emit('change', {target: wallet.id, label: wallet.name})
      },
      fault(name) {
        const wrong = this.problem?.name === name
        return {
          error: wrong || undefined,
          errorMessage: wrong ? this.problem.problem : ''
        }
      }
    }
  }
})()
