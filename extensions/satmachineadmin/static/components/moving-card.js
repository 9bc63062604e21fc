// @ts-check
// What a predecessor has left in this LNbits, and what was taken over of it. Nothing of either: no card.
window.satmachine.parts['moving-card'] = {
  template: '#sm-moving-card',
  emits: ['open'],
  data: () => ({found: [], moves: [], error: null}),
  computed: {
    rows() {
      return this.found.map(one => ({
        ...one,
        moved_at: this.moves.find(move => move.source === one.where)?.created_at
      }))
    },
    // Once everything was taken over it stands last on the page.
    isDone() {
      return this.rows.every(({moved_at}) => moved_at)
    }
  },
  methods: {
    open(id) {
      this.$emit('open', 'platform', id, {})
    },
    held({where, tables}) {
      return this.$t('satmachineadmin.moving.held', {where, n: tables}, tables)
    },
    counts(move) {
      return window.satmachine.moving
        .counted(move)
        .map(({name, n}) => this.$t(`satmachineadmin.moving.count.${name}`, {n}, n))
        .join(', ')
    },
    async load() {
      try {
        const {data, moves} = await window.satmachine.movingApi.predecessors()
        this.found = data
        this.moves = moves
        this.error = null
      } catch (error) {
        this.error = error
      }
    }
  },
  created() {
    this.load()
  }
}
