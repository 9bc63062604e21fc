// @ts-check
// What a machine's wallet holds and why: a statement in which every line stands for itself.
window.satmachine.parts['proof-card'] = {
  template: '#sm-proof-card',
  props: {machineId: {type: String, required: true}},
  emits: ['changed'],
  data: () => ({proof: null, error: null, checking: false}),
  computed: {
    lines() {
      const {msat} = window.satmachine.money
      const line = (name, amount) => ({
        name,
        label: this.$t(`satmachineadmin.proof.line.${name}`),
        amount: msat(amount)
      })
      return [
        ...this.proof.lines.map(({line: name, msat: amount}) =>
          line(name, amount)
        ),
        line('expected', this.proof.expected_msat),
        line('balance', this.proof.balance_msat),
        line('difference', this.proof.difference_msat)
      ]
    },
    // Only what a wallet holds; the sum of it is the balance.
    holdings() {
      const {msat} = window.satmachine.money
      return this.proof.holdings.map(({holding, reason, msat: amount}) => ({
        name: `${holding} ${reason}`,
        label: this.$t(`satmachineadmin.proof.holding.${holding}`, {
          reason: reason && this.$t(`satmachineadmin.skip.${reason}`)
        }),
        amount: msat(amount)
      }))
    },
    look() {
      return this.proof.difference_msat || this.proof.matters.length
        ? {icon: 'report', color: 'negative', text: 'differs'}
        : {icon: 'verified', color: 'positive', text: 'agrees'}
    }
  },
  methods: {
    async load() {
      try {
        this.proof = await window.satmachine.adminApi.proof(this.machineId)
        this.error = null
      } catch (error) {
        this.error = error
      }
    },
    async check() {
      this.checking = true
      try {
        this.proof = await window.satmachine.adminApi.checkMachine(
          this.machineId
        )
        this.error = null
        this.$emit('changed')
      } catch (error) {
        this.error = error
      }
      this.checking = false
    }
  },
  created() {
    this.live = window.satmachine.live.every(15000, () => this.load())
  },
  unmounted() {
    this.live.stop()
  }
}
