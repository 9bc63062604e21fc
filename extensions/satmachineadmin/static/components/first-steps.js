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
        {
          name: 'pair',
          done: !!known?.machine?.key.npub,
          // a machine that cannot sign sells without it
          optional: true,
          to: known?.machine && ['machines', {pair: '1'}, known.machine.id]
        },
        {name: 'split', done: !!known?.shared, to: ['commission', {}]},
        {name: 'lp', done: !!known?.invited, to: ['lps', {invite: '1'}]},
        {name: 'cash', done: !!known?.cash, to: ['lps', {}]},
        {name: 'sale', done: false, to: null}
      ]
      const open = steps.filter(step => !step.done)
      const needed = open.findIndex(step => !step.optional)
      const next = open.slice(0, needed + 1)
      return steps.map(step => ({...step, isNext: next.includes(step)}))
    }
  },
  methods: {
    go({to: [tab, query, id = null]}) {
      this.$emit('open', tab, id, query)
    },
    async load() {
      const {cash, clients, machines, split} = window.satmachine.adminApi
      try {
        const [newest, set, lps, entries] = await Promise.all([
          machines({limit: 1}),
          split(null),
          clients({limit: 1}),
          cash({limit: 1, status: 'confirmed'})
        ])
        this.known = {
          machine: newest.data[0],
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
