// @ts-check
// Whether the LP's sats go on to an address of its own. Switching it on is asked once more.
window.satmachine.parts['forward-card'] = {
  template: '#sm-forward-card',
  props: {preferences: {type: Object, required: true}},
  emits: ['saved'],
  data() {
    const now = this.preferences
    return {
      enabled: now.autoforward_enabled,
      address: now.autoforward_ln_address ?? '',
      least: String(now.autoforward_min_sats),
      error: null
    }
  },
  computed: {
    leastSats() {
      const digits = this.least.trim()
      return /^\d{1,15}$/.test(digits) ? Number.parseInt(digits, 10) : null
    },
    wrong() {
      return this.error?.data.field
    },
    question() {
      const part = this.leastSats ? 'gathered' : 'at_once'
      return this.$t(`satmachineclient.forward.question.${part}`, {
        address: this.address,
        least: window.satmachine.money.satsUnit(this.leastSats)
      })
    }
  },
  methods: {
    problem(name) {
      const wrong = this.wrong === name
      return {
        error: wrong || undefined,
        errorMessage: wrong ? this.error.data.problem : ''
      }
    },
    // Where sats go is worth a second look; leaving them where they are is not.
    async send() {
      const now = this.preferences
      const same =
        now.autoforward_enabled && now.autoforward_ln_address === this.address
      if (this.enabled && !same && !(await this.isMeant())) return null
      const {savePreferences} = window.satmachine.clientApi
      const preferences = await savePreferences({
        autoforward_enabled: this.enabled,
        autoforward_ln_address: this.address || null,
        autoforward_min_sats: this.leastSats
      })
      const state = preferences.autoforward_enabled ? 'on' : 'off'
      const message = this.$t(`satmachineclient.forward.saved.${state}`)
      this.$q.notify({type: 'positive', message})
      return preferences
    },
    isMeant() {
      return window.satmachine.ask(this.$q, {
        title: this.$t('satmachineclient.forward.question.title'),
        message: this.question,
        yes: this.$t('satmachineclient.forward.question.yes'),
        no: this.$t('satmachine.cancel')
      })
    },
    done(preferences) {
      if (preferences) this.$emit('saved', preferences)
    }
  }
}
