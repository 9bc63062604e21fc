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
      summary: null,
      error: null,
      loadedAt: null
    }),
    computed: {
      missing() {
        return this.error?.status === 503
      },
      machines() {
        return this.positions
          .filter(({status}) => status !== 'invited')
          .map(({enrolment_id, machine_name}) => ({
            value: enrolment_id,
            label: machine_name
          }))
      },
      begun() {
        const times = this.enrolments.map(enrolment => enrolment.created_at)
        return times.sort()[0] ?? null
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
          const [summary, preferences, enrolments, positions] =
            await Promise.all([
              api.summary(),
              api.preferences(),
              api.enrolments(ALL),
              api.positions(ALL)
            ])
          this.hearing.on(summary.live_channel)
          this.summary = summary
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
      const {clientApi, hear, live} = window.satmachine
      this.hearing = hear.changes(clientApi.liveAddress, live.changed)
      this.live = live.every(PERIOD_MS, () => this.load())
    },
    unmounted() {
      this.live.stop()
      this.hearing.stop()
    }
  }
})()
