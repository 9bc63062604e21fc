// @ts-check
// When the operator's day begins: LPs' daily limits are counted by it.
window.satmachine.parts['day-card'] = {
  template: '#sm-day-card',
  data: () => ({
    settings: null,
    error: null,
    changing: false,
    zone: null,
    shown: []
  }),
  computed: {
    sentence() {
      const {time_zone_in_use: zone, today: day} = this.settings
      return this.$t('satmachineadmin.day.now', {zone, day})
    },
    own: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    // Nobody has chosen yet, and days here end at another time than the reader's.
    isSuggested() {
      return this.settings.time_zone === 'UTC' && this.own !== 'UTC'
    },
    hint() {
      const suggestion = this.$t('satmachineadmin.day.suggest', {zone: this.own})
      if (this.unknown) return this.unknown
      return this.isSuggested ? suggestion : this.$t('satmachineadmin.day.hint')
    },
    unknown() {
      const {time_zone: zone, time_zone_in_use: used} = this.settings
      return zone === used ? '' : this.$t('satmachineadmin.day.unknown', {zone})
    },
    zones: () => ['UTC', ...Intl.supportedValuesOf('timeZone')]
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
    change() {
      this.zone = this.isSuggested ? this.own : this.settings.time_zone
      this.changing = true
    },
    async load() {
      this.error = null
      try {
        this.settings = await window.satmachine.adminApi.settings()
      } catch (error) {
        this.error = error
      }
    },
    send() {
      return window.satmachine.adminApi.saveSettings({time_zone: this.zone})
    },
    saved(settings) {
      this.settings = settings
      this.changing = false
    }
  },
  created() {
    this.load()
  }
}
