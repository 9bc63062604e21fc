// @ts-check
// How long ago a moment was, kept up to date; the exact UTC in the tooltip.
window.satmachine.parts['ago-text'] = {
  template: '#sm-ago-text',
  props: {at: {type: String, default: null}},
  data: () => ({now: Date.now()}),
  computed: {
    text() {
      const {unit, n} = window.satmachine.spans.ago(this.at, this.now)
      return this.$t(`satmachineadmin.ago.${unit}`, {n}, n)
    },
    utc() {
      return window.satmachine.times.utc(this.at)
    }
  },
  created() {
    this.timer = setInterval(() => (this.now = Date.now()), 10_000)
  },
  unmounted() {
    clearInterval(this.timer)
  }
}
