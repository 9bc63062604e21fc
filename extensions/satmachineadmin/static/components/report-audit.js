// @ts-check
// Everything that was done to the operator's things, newest first; the address holds filters and page.
;(() => {
  const ROWS = 25
  const REACHABLE = 10000 // the server's bound on offset
  const KINDS = [
    'settlement', 'transaction', 'leg', 'withdrawal', 'cash', 'enrolment', 'machine',
    'split', 'matter', 'month', 'payer', 'operator', 'platform', 'move'
  ] // prettier-ignore

  window.satmachine.parts['report-audit'] = {
    template: '#sm-report-audit',
    inheritAttrs: false,
    props: {
      status: {type: Object, default: null},
      query: {type: Object, required: true}
    },
    emits: ['open', 'query', 'changed'],
    data: () => ({rows: null, total: 0, error: null, loadedAt: null}),
    computed: {
      page() {
        return Number.parseInt(this.query.page, 10) || 1
      },
      pages() {
        return Math.ceil(Math.min(this.total, REACHABLE) / ROWS)
      },
      filtered() {
        const {kind, since, until, search, subject} = this.query
        return !!(kind || since || until || search || subject)
      },
      kinds() {
        return KINDS.map(value => ({
          value,
          label: this.$t(`satmachineadmin.trail.kind.${value}`)
        }))
      },
      asked() {
        const {kind, since, until, search, subject} = this.query
        const {beginning} = window.satmachine.times
        return {
          limit: ROWS,
          offset: (this.page - 1) * ROWS,
          subject_kind: kind,
          subject_id: subject,
          search,
          since: beginning(since),
          until: beginning(until, 1)
        }
      }
    },
    methods: {
      place: event => window.satmachine.trail.placeOf(event),
      changes(event) {
        const {msat, satsUnit} = window.satmachine.money
        return window.satmachine.trail.changes(event, (name, value) => {
          if (name.endsWith('_msat')) return msat(value)
          if (/(^|_)sats$/.test(name)) return satsUnit(value)
          const keys = window.satmachine.trail.keys(event, name, value)
          const key = keys.find(one => this.$te(one, 'en'))
          return key ? this.$t(key) : window.satmachine.trail.short(value)
        })
      },
      words(event) {
        const key = `satmachineadmin.trail.event.${event.event}`
        return this.$te(key, 'en') ? this.$t(key) : event.event
      },
      field(name) {
        const key = `satmachineadmin.trail.field.${name}`
        return this.$te(key, 'en') ? this.$t(key) : name
      },
      actor(event) {
        const ours = ['engine', 'machine'].includes(event.actor)
        return ours ? this.$t(`satmachineadmin.trail.actor.${event.actor}`) : event.actor
      },
      change({before, after}) {
        if (before === null || after === null) return before ?? after
        return this.$t('satmachineadmin.trail.change', {before, after})
      },
      set(name, value) {
        const {page, ...query} = this.query
        this.$emit('query', {...query, [name]: value || undefined})
      },
      turnPage(page) {
        this.$emit('query', {...this.query, page: page > 1 ? page : undefined})
      },
      async load() {
        try {
          const page = await window.satmachine.adminApi.events(this.asked)
          this.rows = page.data
          this.total = page.total
          this.loadedAt = new Date().toISOString()
          this.error = null
        } catch (error) {
          this.error = error
        }
      }
    },
    watch: {
      asked(now, before) {
        if (JSON.stringify(now) !== JSON.stringify(before)) this.live.refresh()
      }
    },
    created() {
      this.live = window.satmachine.live.every(15000, () => this.load())
    },
    unmounted() {
      this.live.stop()
    }
  }
})()
