// @ts-check
// The one thing to do next with an LP: record its cash, or send it its invitation.
window.satmachine.parts['lp-next'] = {
  template: '#sm-lp-next',
  props: {lp: {type: Object, required: true}},
  emits: ['book', 'invite'],
  computed: {
    next() {
      if (window.satmachine.lps.takesCash(this.lp)) return 'book'
      return this.lp.status === 'invited' ? 'invite' : null
    }
  }
}
