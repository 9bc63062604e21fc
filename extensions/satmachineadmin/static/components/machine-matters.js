// @ts-check
// What of this machine waits for its operator: each open matter, and where it is decided.
;(() => {
  const MOST = 25

  window.satmachine.parts['machine-matters'] = {
    template: '#sm-machine-matters',
    props: {machineId: {type: String, required: true}},
    emits: ['open'],
    data: () => ({rows: null, error: null}),
    computed: {
      shown() {
        const {actOf, decidedAt} = window.satmachine.matters
        return (this.rows ?? []).map(matter => {
          const place = decidedAt(matter)
          const isHere = place.tab === 'machines'
          return {
            ...matter,
            title: this.$t(`satmachineadmin.needs.matter.${matter.kind}`),
            act: isHere ? '' : this.$t(`satmachineadmin.needs.act.${actOf(matter)}`),
            place
          }
        })
      }
    },
    methods: {
      go({place: {tab, id, query = {}}}) {
        this.$emit('open', tab, id, query)
      },
      async load() {
        try {
          const {worklist} = window.satmachine.adminApi
          const asked = {machine_id: this.machineId, is_open: true, limit: MOST}
          this.rows = (await worklist(asked)).data
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
})()
