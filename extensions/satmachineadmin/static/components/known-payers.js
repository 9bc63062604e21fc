// @ts-check
// Wallets whose unstamped payments are top-ups; each can be forgotten.
window.satmachine.parts['known-payers'] = {
  template: '#sm-known-payers',
  data: () => ({payers: [], error: null, forgetting: null}),
  methods: {
    async forget(payer) {
      this.forgetting = payer.id
      try {
        const {forgetPayer} = window.satmachine.adminApi
        this.payers = (await forgetPayer(payer.id)).data
        this.error = null
      } catch (error) {
        this.error = error
      }
      this.forgetting = null
    },
    async load() {
      try {
        this.payers = (await window.satmachine.adminApi.knownPayers()).data
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
