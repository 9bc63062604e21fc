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
      asking: false,
      saving: false,
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
    submit() {
      const now = this.preferences
      const same =
        now.autoforward_enabled && now.autoforward_ln_address === this.address
      if (this.enabled && !same) this.asking = true
      else this.save()
    },
    async save() {
      this.asking = false
      if (this.saving) return
      this.saving = true
      this.error = null
      try {
        const preferences = await window.satmachine.clientApi.savePreferences({
          autoforward_enabled: this.enabled,
          autoforward_ln_address: this.address || null,
          autoforward_min_sats: this.leastSats
        })
        const state = preferences.autoforward_enabled ? 'on' : 'off'
        this.$q.notify({
          type: 'positive',
          message: this.$t(`satmachineclient.forward.saved.${state}`)
        })
        this.$emit('saved', preferences)
      } catch (error) {
        this.error = error
      }
      this.saving = false
    }
  }
}
