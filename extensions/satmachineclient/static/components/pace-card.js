// @ts-check
// How fast the LP's cash becomes sats: in every sale, or up to an amount a day.
window.satmachine.parts['pace-card'] = {
  template: '#sm-pace-card',
  props: {
    preferences: {type: Object, required: true},
    // those of the LP's machines
    currencies: {type: Array, required: true}
  },
  emits: ['saved'],
  data() {
    const now = this.preferences
    return {
      mode: now.default_dca_mode,
      limit: now.fixed_mode_daily_limit ?? '',
      currency: now.fixed_mode_currency ?? this.currencies[0] ?? null,
      error: null
    }
  },
  computed: {
    fixed() {
      return this.mode === 'fixed'
    },
    modes() {
      return ['flow', 'fixed'].map(value => ({
        value,
        label: this.$t(`satmachineclient.pace.mode.${value}`)
      }))
    },
    hint() {
      return this.$t(`satmachineclient.pace.hint.${this.mode}`)
    },
    choosable() {
      const own = [...this.currencies, this.preferences.fixed_mode_currency]
      const known = own.filter(Boolean)
      return known.length ? [...new Set(known)] : window.g.currencies
    },
    others() {
      return this.currencies.filter(currency => currency !== this.currency)
    },
    warning() {
      if (!this.fixed || !this.others.length) return ''
      const currencies = this.others.join(', ')
      return this.$t('satmachineclient.pace.others', {currencies})
    },
    wrongLimit() {
      return this.error?.data.field === 'fixed_mode_daily_limit'
    }
  },
  methods: {
    async send() {
      const limit = this.fixed && {
        fixed_mode_daily_limit: this.limit,
        fixed_mode_currency: this.currency
      }
      const preferences = await window.satmachine.clientApi.savePreferences({
        default_dca_mode: this.mode,
        ...limit
      })
      const message = this.$t('satmachineclient.pace.saved')
      this.$q.notify({type: 'positive', message})
      return preferences
    }
  }
}
