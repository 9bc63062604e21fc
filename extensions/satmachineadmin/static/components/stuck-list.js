// @ts-check
// Sales that the engine has had in its hands for too long, each with the way to stop it.
window.satmachine.parts['stuck-list'] = {
  template: '#sm-stuck-list',
  emits: ['open', 'changed'],
  data: () => ({sales: [], error: null, stopping: null}),
  methods: {
    satsUnit: value => window.satmachine.money.satsUnit(value),
    words(part) {
      const sats = this.satsUnit(this.stopping.wire_sats)
      return this.$t(`satmachineadmin.revise.force_reset.${part}`, {sats})
    },
    stop(reason) {
      const {forceReset} = window.satmachine.adminApi
      return forceReset(this.stopping.id, {reason})
    },
    stopped() {
      this.$q.notify({type: 'positive', message: this.words('done')})
      this.stopping = null
      this.live.refresh()
      this.$emit('changed')
    },
    async load() {
      try {
        this.sales = (await window.satmachine.adminApi.stuck()).data
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
