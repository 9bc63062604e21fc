// @ts-check
// An invitation, and the one act that accepts it. Whoever accepts for the first time says with it where
// the sats arrive: there is no other way to begin.
window.satmachine.parts['welcome-card'] = {
  template: '#sm-welcome-card',
  props: {
    // an Offer or an Enrolment
    offer: {type: Object, required: true},
    preferences: {type: Object, required: true},
    accept: {type: Function, required: true}
  },
  emits: ['accepted'],
  data: () => ({walletId: null}),
  computed: {
    words() {
      const {operator_name: operator, machine_name: machine} = this.offer
      return {operator, machine}
    },
    facts() {
      const {operator_name, machine_name, machine_location, currency} =
        this.offer
      return [
        {name: 'operator', text: operator_name},
        {name: 'machine', text: machine_name},
        {name: 'place', text: machine_location},
        {name: 'currency', text: currency}
      ].filter(fact => fact.text)
    },
    begun() {
      return this.preferences.onboarded
    },
    wallets() {
      return window.satmachine.wallets.choosable(this.g.user.wallets)
    },
    arrivesIn() {
      const {nameOf} = window.satmachine.wallets
      const name = nameOf(this.g.user.wallets, this.preferences.dca_wallet_id)
      const wallet = name ?? this.$t('satmachineclient.wallet_gone')
      return this.$t('satmachineclient.arrive_in', {wallet})
    }
  },
  methods: {
    async send() {
      if (this.begun) return this.accept({})
      const chosen = {dca_wallet_id: this.walletId}
      const {timeZone} = Intl.DateTimeFormat().resolvedOptions()
      try {
        return await this.accept({...chosen, time_zone: timeZone})
      } catch (error) {
        // The browser's list of zones may be newer than the server's; the LP can choose another later.
        if (error.code !== 'unknown_time_zone') throw error
        return this.accept(chosen)
      }
    }
  },
  created() {
    this.walletId = this.wallets[0]?.value ?? null
  }
}
