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
      address: now.autoforward_next_address ?? now.autoforward_ln_address ?? '',
      least: String(now.autoforward_min_sats),
      error: null,
      testing: false,
      tested: null,
      testError: null
    }
  },
  computed: {
    // The address that the form began with, which may still wait.
    given() {
      const now = this.preferences
      return now.autoforward_next_address ?? now.autoforward_ln_address ?? ''
    },
    isNew() {
      return this.address !== (this.preferences.autoforward_ln_address ?? '')
    },
    leastSats() {
      const digits = this.least.trim()
      return /^\d{1,15}$/.test(digits) ? Number.parseInt(digits, 10) : null
    },
    wrong() {
      return this.error?.data.field
    },
    wrongAddress() {
      if (this.testError) return this.said(this.testError)
      return this.wrong === 'autoforward_ln_address' ? this.said(this.error) : ''
    },
    wrongLeast() {
      return this.wrong === 'autoforward_min_sats' ? this.said(this.error) : ''
    },
    takes() {
      const {satsUnit} = window.satmachine.money
      const {least_sats: least, most_sats: most, is_here} = this.tested
      const text = (part, words) =>
        this.$t(`satmachineclient.forward.tested.${part}`, words)
      return {
        range: text('takes', {least: satsUnit(least), most: satsUnit(most)}),
        where: text(is_here ? 'here' : 'elsewhere')
      }
    },
    question() {
      const text = (part, words) =>
        this.$t(`satmachineclient.forward.question.${part}`, words)
      const least = window.satmachine.money.satsUnit(this.leastSats)
      const part = this.leastSats ? 'gathered' : 'at_once'
      const asked = text(part, {address: this.address, least})
      const how = this.preferences.has_password ? 'confirmed' : 'waits'
      return this.isNew ? `${asked}\n\n${text(how)}` : asked
    }
  },
  watch: {
    // What was said of another address is not said of this one.
    address() {
      this.tested = this.testError = this.error = null
    }
  },
  methods: {
    said(error) {
      const happened = this.$t('satmachine.error.happened_no_answer')
      return error.data.problem || error.detail || happened
    },
    async test() {
      const {address} = this
      this.testing = true
      this.tested = this.testError = null
      try {
        const found = await window.satmachine.clientApi.testAddress(address)
        if (address === this.address) this.tested = found
      } catch (error) {
        if (address === this.address) this.testError = error
      }
      this.testing = false
    },
    // An address that stays as it is is not said again: it would begin to wait anew.
    chosen() {
      const address =
        this.address === this.given
          ? {}
          : {autoforward_ln_address: this.address || null}
      return {
        autoforward_enabled: this.enabled,
        autoforward_min_sats: this.leastSats,
        ...address
      }
    },
    // Where sats go is worth a second look; leaving them where they are is not.
    async send() {
      const same =
        this.preferences.autoforward_enabled && this.address === this.given
      if (this.enabled && !same && !(await this.isMeant())) return null
      const {savePreferences} = window.satmachine.clientApi
      const preferences = await savePreferences(this.chosen())
      const {autoforward_enabled: on, autoforward_next_at: at} = preferences
      const part = !on ? 'off' : at ? 'waits' : 'on'
      const message = this.$t(`satmachineclient.forward.saved.${part}`, {
        at: window.satmachine.times.local(at)
      })
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
