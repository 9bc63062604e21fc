// @ts-check
// What an operator takes along, proves and closes: files, months, the audit trail, and what is taken over. Each has its address.
;(() => {
  const PLACES = ['files', 'months', 'audit', 'import']

  window.satmachine.parts['reports-tab'] = {
    template: '#sm-reports-tab',
    inheritAttrs: false,
    props: {
      status: {type: Object, default: null},
      itemId: {type: String, default: null},
      query: {type: Object, required: true}
    },
    emits: ['open', 'query', 'changed'],
    computed: {
      place() {
        return PLACES.includes(this.itemId) ? this.itemId : 'files'
      },
      places() {
        return PLACES.map(value => ({
          value,
          label: this.$t(`satmachineadmin.reports.place.${value}`)
        }))
      }
    },
    methods: {
      go(place) {
        this.$emit('open', 'reports', place === 'files' ? null : place, {})
      }
    }
  }
})()
