// @ts-check
// Where the link of an invitation leads: who offers what, and the button that accepts it. It works for
// whoever is not logged in yet, too: it looks again when the reader comes back to it.
;(() => {
  const PERIOD_MS = 15000

  window.satmachine.parts['invitation-page'] = {
    template: '#sm-invitation-page',
    data: () => ({
      offer: null,
      preferences: null,
      error: null,
      accepted: null,
      enabling: false
    }),
    computed: {
      // The part of the address that browsers keep to themselves.
      token() {
        return this.$route.hash.slice(1)
      },
      state() {
        if (this.accepted) return 'accepted'
        if (!this.token) return 'unknown'
        if (this.offer) return 'offer'
        const {status, code} = this.error ?? {}
        if (status === 401) return 'login'
        if (code === 'invitation_not_yours') return 'not_yours'
        if (code === 'invitation_closed') return 'closed'
        if (status === 403) return 'disabled'
        if (status === 404 || status === 422) return 'unknown'
        return this.error ? 'trouble' : 'loading'
      },
      words() {
        const {operator_name: operator, machine_name: machine} =
          this.accepted ?? {}
        return {operator, machine, state: this.error?.data?.state ?? ''}
      },
      closedWhy() {
        return this.$te(`satmachineclient.invited.why.${this.words.state}`)
          ? this.$t(`satmachineclient.invited.why.${this.words.state}`)
          : this.error.detail
      }
    },
    methods: {
      async load() {
        if (this.accepted || !this.token) return
        const api = window.satmachine.clientApi
        try {
          const offer = await api.lookAtInvitation(this.token)
          if (!this.preferences) await this.know(api)
          this.offer = offer
          this.error = null
        } catch (error) {
          this.offer = null
          this.error = error
        }
      },
      // The page is served to everybody: who it is for is known only now.
      async know(api) {
        if (!this.g.user) {
          const {data} = await LNbits.api.getAuthUser()
          this.g.user = LNbits.map.user(data)
          this.g.isPublicPage = false
        }
        this.preferences = await api.preferences()
      },
      accept(chosen) {
        const {acceptInvitation} = window.satmachine.clientApi
        return acceptInvitation(this.token, chosen)
      },
      async enable() {
        this.enabling = true
        try {
          await window.satmachine.clientApi.enable()
        } catch (error) {
          this.error = error
        }
        this.enabling = false
        this.live.refresh()
      }
    },
    created() {
      this.live = window.satmachine.live.every(PERIOD_MS, () => this.load())
    },
    unmounted() {
      this.live.stop()
    }
  }
})()
