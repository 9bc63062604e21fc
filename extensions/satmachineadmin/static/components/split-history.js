// @ts-check
// The versions of a split, the newest first. A version never changes; its lines can be taken up again.
window.satmachine.parts['split-history'] = {
  template: '#sm-split-history',
  props: {machineId: {type: String, default: null}},
  emits: ['restore'],
  data: () => ({rows: null, total: 0, page: 1, error: null, perPage: 10}),
  computed: {
    pages() {
      return Math.ceil(this.total / this.perPage)
    }
  },
  methods: {
    title(set) {
      const {version} = set
      return this.$t('satmachineadmin.commission.history.version', {version})
    },
    lines(set) {
      const {percent} = window.satmachine.money
      return set.splits
        .map(line => `${percent(line.share_pct)} ${line.label}`)
        .join(' · ')
    },
    turn(page) {
      this.page = page
      this.live.refresh()
    },
    async load() {
      const whose = this.machineId
        ? {machine_id: this.machineId}
        : {is_default: true}
      try {
        const found = await window.satmachine.adminApi.splitVersions({
          ...whose,
          limit: this.perPage,
          offset: (this.page - 1) * this.perPage
        })
        this.rows = found.data
        this.total = found.total
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
