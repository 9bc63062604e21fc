// @ts-check
// What needs a hand, the day in figures, and every machine with its proof.
window.satmachine.parts['overview-tab'] = {
  template: '#sm-overview-tab',
  inheritAttrs: false,
  props: {
    status: {type: Object, required: true},
    query: {type: Object, required: true}
  },
  emits: ['open', 'query'],
  computed: {
    progress() {
      const {sats} = window.satmachine.money
      const {open, waiting} = this.status.totals
      const kind = waiting ? 'progress_waiting' : 'progress'
      return this.$t(`satmachineadmin.today.${kind}`, {
        open: sats(open),
        waiting: sats(waiting),
        processed: sats(this.status.totals.processed)
      })
    },
    isNew() {
      const {machines, processed, open, errored} = this.status.totals
      return !machines || !(processed || open || errored)
    }
  },
  methods: {
    choose(period) {
      this.$emit('query', period === 'today' ? {} : {period})
    }
  }
}
