// @ts-check
// Moving over from one predecessor: what would be taken over, and one button. Or the report of a move.
window.satmachine.parts['moving-page'] = {
  template: '#sm-moving-page',
  props: {
    // a predecessor's name, or the id of a move
    itemId: {type: String, required: true}
  },
  emits: ['open', 'changed'],
  data: () => ({
    report: null,
    isMoved: false,
    loading: false,
    busy: false,
    error: null,
    moveError: null
  }),
  computed: {
    places() {
      const icons = {machines: 'point_of_sale', lps: 'groups', worklist: 'rule'}
      return Object.entries(icons).map(([name, icon]) => ({
        name,
        icon,
        label: this.$t(`satmachineadmin.tab.${name}`)
      }))
    },
    blocked() {
      return this.report.is_active || this.report.is_empty
    }
  },
  methods: {
    word(key, words = {}) {
      return this.$t(`satmachineadmin.moving.${key}`, words)
    },
    async look() {
      const {preview, predecessors} = window.satmachine.movingApi
      const wanted = this.itemId
      this.loading = true
      try {
        const {moves} = await predecessors()
        const move = moves.find(({id}) => id === wanted)
        const report = move ?? (await preview(wanted))
        if (wanted !== this.itemId) return
        this.isMoved = !!move
        this.report = report
        this.error = null
      } catch (error) {
        this.error = error
        this.report = null
      }
      this.loading = false
    },
    async lookAnew() {
      this.moveError = null
      await this.look()
    },
    async send(what) {
      const sure = await window.satmachine.ask(this.$q, {
        title: this.word('ask.title'),
        message: this.word('ask.message', {what}),
        yes: this.word('ask.yes'),
        no: this.$t('satmachine.cancel')
      })
      if (!sure || this.busy) return
      this.busy = true
      this.moveError = null
      try {
        const {confirmation} = this.report
        const move = await window.satmachine.movingApi.move(this.itemId, confirmation)
        this.$q.notify({type: 'positive', message: this.word('done')})
        this.$emit('changed')
        this.$emit('open', 'platform', move.id, {})
      } catch (error) {
        this.moveError = error
        // What it would be now stands beside the sentence that nothing was done.
        if ([400, 409, 422].includes(error.status)) await this.look()
      }
      this.busy = false
    }
  },
  watch: {
    itemId() {
      this.report = null
      this.lookAnew()
    }
  },
  created() {
    this.look()
  }
}
