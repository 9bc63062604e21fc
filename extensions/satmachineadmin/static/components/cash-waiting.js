// @ts-check
// How many cash entries wait for the operator, and where they are confirmed.
;(() => {
  const PERIOD_MS = 15000

  window.satmachine.parts['cash-waiting'] = {
    template: '#sm-cash-waiting',
    emits: ['look'],
    data: () => ({pending: 0, disputed: 0}),
    computed: {
      lines() {
        const counted = {pending: this.pending, disputed: this.disputed}
        return Object.entries(counted).filter(([, count]) => count)
      }
    },
    methods: {
      sentence(status, count) {
        const n = window.satmachine.money.sats(count)
        return this.$t(`satmachineadmin.lps.waiting.${status}`, {n}, count)
      },
      look: status => window.satmachine.states.look('cash', status),
      async load() {
        const {cash} = window.satmachine.adminApi
        const count = async status => (await cash({status, limit: 1})).total
        try {
          this.pending = await count('pending')
          this.disputed = await count('disputed')
        } catch {
          // The list below says what is wrong with the server.
        }
      }
    },
    created() {
      this.live = window.satmachine.live.every(PERIOD_MS, () => this.load())
    },
    unmounted() {
      this.live.stop()
    }
  }
})()
