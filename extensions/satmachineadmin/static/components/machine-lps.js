// @ts-check
// The LPs of one machine: what is left of their cash, and paying it off.
window.satmachine.parts['machine-lps'] = {
  template: '#sm-machine-lps',
  props: {machineId: {type: String, required: true}},
  data: () => ({
    lps: null,
    failed: [],
    unresolved: [],
    error: null,
    actError: null,
    acting: null,
    lp: null
  }),
  methods: {
    fiat: (amount, currency) => window.satmachine.money.fiat(amount, currency),
    told(leg) {
      const fiat = this.fiat(leg.fiat_amount, leg.currency)
      return `${leg.recipient} · ${fiat} · ${leg.error_message}`
    },
    isZero: amount => window.satmachine.money.isZero(amount),
    async act(leg, action) {
      this.acting = leg.id
      this.actError = null
      try {
        const {decidePayoff} = window.satmachine.adminApi
        await decidePayoff(leg.client_id, leg.id, action)
      } catch (error) {
        this.actError = error
      }
      this.acting = null
      await this.live.refresh()
    },
    async load() {
      const {clients, payments} = window.satmachine.adminApi
      const machine_id = this.machineId
      try {
        this.lps = (await clients({machine_id, limit: 200})).data
        const payoffs = async state =>
          (await payments({machine_id, leg_type: 'settlement', state})).data
        this.failed = await payoffs('failed')
        this.unresolved = await payoffs('unresolved')
        this.error = null
      } catch (error) {
        this.error = error
      }
    }
  },
  created() {
    this.live = window.satmachine.live.every(15000, () => this.load())
  },
  unmounted() {
    this.live.stop()
  }
}
