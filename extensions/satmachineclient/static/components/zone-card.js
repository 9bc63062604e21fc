// @ts-check
// The clock by which the LP's days are counted, and all its times are shown.
window.satmachine.parts['zone-card'] = {
  template: '#sm-zone-card',
  props: {preferences: {type: Object, required: true}},
  emits: ['saved'],
  data: () => ({zone: null, shown: []}),
  computed: {
    own: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    zones: () => ['UTC', ...Intl.supportedValuesOf('timeZone')],
    hint() {
      if (this.zone === this.own) return ''
      return this.$t('satmachineclient.zone.own', {zone: this.own})
    }
  },
  methods: {
    filter(text, update) {
      const wanted = text.toLowerCase().replaceAll(' ', '_')
      update(() => {
        this.shown = this.zones.filter(zone =>
          zone.toLowerCase().includes(wanted)
        )
      })
    },
    async send() {
      const {savePreferences} = window.satmachine.clientApi
      const preferences = await savePreferences({time_zone: this.zone})
      const message = this.$t('satmachineclient.zone.saved')
      this.$q.notify({type: 'positive', message})
      return preferences
    }
  },
  created() {
    const {time_zone: chosen} = this.preferences
    // Nobody has chosen it: days here end at another time than the reader's.
    this.zone = chosen === 'UTC' ? this.own : chosen
  }
}
