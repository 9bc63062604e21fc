// @ts-check
// A new address waits before sats go to it, so that a stolen login redirects nothing. Whoever did not
// choose it learns of it here, and takes it back.
window.satmachine.parts['address-waits'] = {
  template: '#sm-address-waits',
  props: {preferences: {type: Object, required: true}},
  emits: ['saved'],
  data: () => ({confirming: false, takingBack: false, error: null}),
  computed: {
    until() {
      const {autoforward_ln_address: address, autoforward_enabled: on} =
        this.preferences
      const part = !on ? 'off' : address ? 'old' : 'stays'
      return this.$t(`satmachineclient.waits.until.${part}`, {address})
    }
  },
  methods: {
    // With no address before it there is nothing left to pass sats on to.
    before() {
      const address = this.preferences.autoforward_ln_address
      return address
        ? {autoforward_ln_address: address}
        : {autoforward_ln_address: null, autoforward_enabled: false}
    },
    async takeBack() {
      this.takingBack = true
      this.error = null
      window.satmachine.http.newAct()
      try {
        const {savePreferences} = window.satmachine.clientApi
        this.tell('taken_back', await savePreferences(this.before()))
      } catch (error) {
        this.error = error
      }
      this.takingBack = false
    },
    confirmed(preferences) {
      this.confirming = false
      this.tell('used', preferences)
    },
    tell(what, preferences) {
      const message = this.$t(`satmachineclient.waits.${what}`)
      this.$q.notify({type: 'positive', message})
      this.$emit('saved', preferences)
    }
  }
}
