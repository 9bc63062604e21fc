// @ts-check
// What an operator takes along, proves and closes: files, months, and the audit trail. Each has its address.
;(() => {
  const PLACES = ['files', 'months', 'audit']

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
