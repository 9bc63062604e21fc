// @ts-check
// What an operator does before the first sale, one step after the other, each with its button.
window.satmachine.parts['first-steps'] = {
  template: '#sm-first-steps',
  props: {status: {type: Object, required: true}},
  emits: ['open'],
  data: () => ({known: null, error: null}),
  computed: {
    steps() {
      const {known, status} = this
      const steps = [
        {name: 'machine', done: status.totals.machines > 0, to: ['machines', {add: '1'}]},
        {name: 'split', done: !!known?.shared, to: ['commission', {}]},
        {name: 'lp', done: !!known?.invited, to: ['lps', {invite: '1'}]},
        {name: 'cash', done: !!known?.cash, to: ['lps', {}]},
        {name: 'sale', done: false, to: null}
      ]
      const next = steps.find(step => !step.done)
      return steps.map(step => ({...step, isNext: step === next}))
    }
  },
  methods: {
    go({to: [tab, query]}) {
      this.$emit('open', tab, null, query)
    },
    async load() {
      const {cash, clients, split} = window.satmachine.adminApi
      try {
        const [set, lps, entries] = await Promise.all([
          split(null),
          clients({limit: 1}),
          cash({limit: 1, status: 'confirmed'})
        ])
        this.known = {
          shared: set.version > 0,
          invited: lps.total > 0,
          cash: entries.total > 0
        }
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
