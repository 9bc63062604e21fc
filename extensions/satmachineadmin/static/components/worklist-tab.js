// @ts-check
// What the program noticed and a person decides: each matter with its figures and what can be done.
;(() => {
  const ROWS = 25

  window.satmachine.parts['worklist-tab'] = {
    template: '#sm-worklist-tab',
    inheritAttrs: false,
    props: {query: {type: Object, required: true}},
    emits: ['open', 'query', 'changed'],
    data: () => ({
      rows: null,
      total: 0,
      error: null,
      loadedAt: null,
      checking: null,
      deciding: null
    }),
    computed: {
      isOpen() {
        return this.query.closed !== '1'
      },
      page() {
        return Number.parseInt(this.query.page, 10) || 1
      },
      pages() {
        return Math.max(1, Math.ceil(this.total / ROWS))
      },
      asked() {
        const offset = (this.page - 1) * ROWS
        return {limit: ROWS, offset, is_open: this.isOpen}
      }
    },
    methods: {
      place: matter => window.satmachine.matters.placeOf(matter),
      mayBeGone: matter => window.satmachine.matters.mayBeGone(matter),
      look(matter) {
        const {tab, id, query = {}} = this.place(matter)
        this.$emit('open', tab, id, query)
      },
      title: matter => `satmachineadmin.needs.matter.${matter.kind}`,
      figures(matter) {
        const {msat} = window.satmachine.money
        return Object.entries(matter.figures)
          .filter(([name]) => name.endsWith('_msat'))
          .map(([name, value]) => ({
            name,
            label: this.$te(`satmachineadmin.worklist.figure.${name}`, 'en')
              ? this.$t(`satmachineadmin.worklist.figure.${name}`)
              : name,
            amount: msat(value)
          }))
      },
      show(isOpen) {
        this.$emit('query', isOpen ? {} : {closed: '1'})
      },
      turnPage(page) {
        this.$emit('query', {...this.query, page: page > 1 ? page : undefined})
      },
      async check(matter) {
        this.checking = matter.id
        try {
          await window.satmachine.adminApi.actOnMatter(
            matter.id,
            'check'
          )
          this.done()
        } catch (error) {
          this.error = error
        }
        this.checking = null
      },
      // Whether a payoff was paid is said as such.
      decisions({can_accept, can_deny}) {
        if (can_deny) return ['paid', 'deny']
        return can_accept ? ['accept'] : []
      },
      word(part) {
        return this.$t(`satmachineadmin.worklist.${this.deciding.what}${part}`)
      },
      decide(reason) {
        const {what, matter} = this.deciding
        const {actOnMatter} = window.satmachine.adminApi
        const path = what === 'deny' ? 'deny' : 'accept'
        return actOnMatter(matter.id, path, {reason})
      },
      ending({is_accepted, closed_by}) {
        if (is_accepted) return 'satmachineadmin.worklist.accepted'
        const kind = closed_by === 'engine' ? 'gone' : 'denied'
        return `satmachineadmin.worklist.${kind}`
      },
      done() {
        this.deciding = null
        this.live.refresh()
        this.$emit('changed')
      },
      async load() {
        try {
          const page = await window.satmachine.adminApi.worklist(this.asked)
          this.rows = page.data
          this.total = page.total
          this.loadedAt = new Date().toISOString()
          this.error = null
        } catch (error) {
          this.error = error
        }
      }
    },
    watch: {
      asked(now, before) {
        if (JSON.stringify(now) !== JSON.stringify(before)) this.live.refresh()
      }
    },
    created() {
      this.live = window.satmachine.live.every(15000, () => this.load())
    },
    unmounted() {
      this.live.stop()
    }
  }
})()
