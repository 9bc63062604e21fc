// @ts-check
// A moment: the reader's own time, with the exact UTC in the tooltip.
window.satmachine.parts['time-text'] = {
  template: '#sm-time-text',
  props: {
    at: {type: String, default: null},
    clock: {type: Boolean, default: false}
  },
  computed: {
    text() {
      const {local, clock} = window.satmachine.times
      return this.clock ? clock(this.at) : local(this.at)
    },
    utc() {
      return window.satmachine.times.utc(this.at)
    }
  }
}
