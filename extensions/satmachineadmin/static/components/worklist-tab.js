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
      accepting: null
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
      accept(reason) {
        const {id} = this.accepting
        return window.satmachine.adminApi.actOnMatter(id, 'accept', {reason})
      },
      done() {
        this.accepting = null
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
