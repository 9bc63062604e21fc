// @ts-check
// What an LP came for: how many sats, where they arrive, what is left of the cash.
;(() => {
  const PERIOD_MS = 10000
  const ALL = {limit: 200}

  window.satmachine.parts['lp-home'] = {
    template: '#sm-lp-home',
    props: {query: {type: Object, required: true}},
    emits: ['query'],
    data: () => ({
      preferences: null,
      enrolments: [],
      positions: [],
      error: null,
      loadedAt: null
    }),
    computed: {
      missing() {
        return this.error?.status === 503
      },
      stacked() {
        const {satsUnit, sumSats} = window.satmachine.money
        const received = this.positions.map(position => position.received_sats)
        return satsUnit(sumSats(received))
      },
      invitations() {
        return this.enrolments.filter(
          enrolment => enrolment.status === 'invited'
        )
      }
    },
    methods: {
      saved(preferences) {
        this.preferences = preferences
        this.live.refresh()
      },
      async load() {
        const api = window.satmachine.clientApi
        try {
          const [preferences, enrolments, positions] = await Promise.all([
            api.preferences(),
            api.enrolments(ALL),
            api.positions(ALL)
          ])
          this.preferences = preferences
          this.enrolments = enrolments.data
          this.positions = positions.data
          this.loadedAt = new Date().toISOString()
          this.error = null
        } catch (error) {
          this.error = error
        }
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
