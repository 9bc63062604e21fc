// @ts-check
// Everything as files for a range of days. The range lives in the address.
;(() => {
  const TABLES = [
    'sales', 'legs', 'cash', 'lps', 'machines', 'transactions', 'worklist', 'audit'
  ] // prettier-ignore
  // Of sales of before the move, where there are any.
  const EARLIER = ['earlier-sales', 'earlier-legs']
  // What stands now is of no range; events are of all machines.
  const WITHOUT_DAYS = ['lps', 'machines']
  const WITHOUT_MACHINE = ['audit']
  const JOURNALS = ['hledger', 'beancount']
  const ICONS = {
    sales: 'receipt_long',
    legs: 'call_split',
    cash: 'payments',
    lps: 'group',
    machines: 'point_of_sale',
    transactions: 'swap_vert',
    worklist: 'rule',
    audit: 'history',
    'earlier-sales': 'receipt_long',
    'earlier-legs': 'call_split'
  }

  window.satmachine.parts['report-files'] = {
    template: '#sm-report-files',
    inheritAttrs: false,
    props: {query: {type: Object, required: true}},
    emits: ['query'],
    data: () => ({
      settings: null,
      machines: [],
      hasEarlier: false,
      error: null,
      journals: JOURNALS
    }),
    computed: {
      today() {
        return this.settings.today
      },
      ranges() {
        const {ranges} = window.satmachine.days
        return Object.keys(ranges(this.today)).map(value => ({
          value,
          label: this.$t(`satmachineadmin.reports.range.${value}`)
        }))
      },
      range() {
        return window.satmachine.days.named(this.today, this.query)
      },
      isReversed() {
        const {since, until} = this.query
        return !!since && !!until && until < since
      },
      machineOptions() {
        return this.machines.map(({id, name}) => ({value: id, label: name}))
      },
      files() {
        const {since, until, machine_id} = this.query
        const names = this.hasEarlier ? [...TABLES, ...EARLIER] : TABLES
        return names.map(name => ({
          name,
          icon: ICONS[name],
          note: this.noteOf(name),
          href: window.satmachine.adminApi.csv(name, {
            since: WITHOUT_DAYS.includes(name) ? undefined : since,
            until: WITHOUT_DAYS.includes(name) ? undefined : until,
            machine_id: WITHOUT_MACHINE.includes(name) ? undefined : machine_id
          })
        }))
      }
    },
    methods: {
      journal(form) {
        const {since, until} = this.query
        return window.satmachine.adminApi.journal(form, {since, until})
      },
      noteOf(name) {
        if (WITHOUT_DAYS.includes(name)) return 'satmachineadmin.reports.now'
        const all = WITHOUT_MACHINE.includes(name) && this.query.machine_id
        return all ? 'satmachineadmin.reports.all_machines' : null
      },
      choose(name) {
        const {machine_id} = this.query
        const range = window.satmachine.days.ranges(this.today)[name]
        this.$emit('query', {...range, machine_id})
      },
      set(name, value) {
        this.$emit('query', {...this.query, [name]: value || undefined})
      },
      async load() {
        this.error = null
        try {
          const {settings, machines} = window.satmachine.adminApi
          const {earlierSales} = window.satmachine.movingApi
          const [own, page, earlier] = await Promise.all([
            settings(),
            machines({limit: 200}),
            earlierSales({limit: 1})
          ])
          this.machines = page.data
          this.hasEarlier = earlier.total > 0
          this.settings = own
        } catch (error) {
          this.error = error
        }
      }
    },
    created() {
      this.load()
    }
  }
})()
