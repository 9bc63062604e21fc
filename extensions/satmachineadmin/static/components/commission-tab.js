// @ts-check
// Who shares the commission: the default set, or one machine's own, with a draft tried out beside it.
// The address says whose set it is: /commission is the default's, /commission/<machine> a machine's.
;(() => {
  const DEFAULT = ''

  window.satmachine.parts['commission-tab'] = {
    template: '#sm-commission-tab',
    inheritAttrs: false,
    props: {itemId: {type: String, default: null}},
    emits: ['open', 'changed'],
    data: () => ({
      set: null,
      error: null,
      machines: [],
      own: [],
      lines: null,
      draft: null,
      retiring: false,
      retireError: null
    }),
    computed: {
      scope() {
        return this.itemId ?? DEFAULT
      },
      scopes() {
        const label = this.$t('satmachineadmin.commission.default')
        const machines = this.machines.map(machine => ({
          value: machine.id,
          label: machine.name,
          own: this.own.includes(machine.id)
        }))
        return [{value: DEFAULT, label, own: false}, ...machines]
      },
      machineName() {
        const found = this.machines.find(machine => machine.id === this.itemId)
        return found?.name ?? this.set?.machine_name ?? '…'
      },
      hasOwn() {
        return !!this.itemId && !!this.set?.is_override
      },
      sentence() {
        const {set} = this
        const words = {machine: this.machineName, version: set.version}
        const who = this.itemId ? 'machine' : 'default'
        const kind = this.hasOwn ? 'own' : set.version ? who : `${who}_none`
        return this.$t(`satmachineadmin.commission.sentence.${kind}`, words)
      }
    },
    methods: {
      choose(scope) {
        this.$emit('open', 'commission', scope || null, {})
      },
      take(set) {
        this.set = set
        this.lines = set.splits
        this.error = null
      },
      saved(set) {
        this.take(set)
        this.loadScopes()
        this.$refs.history.load()
        this.$emit('changed')
      },
      restore(set) {
        this.lines = set.splits.map(line => ({...line}))
        window.scrollTo({top: 0, behavior: 'smooth'})
      },
      async backToDefault() {
        const words = part =>
          this.$t(`satmachineadmin.commission.back.${part}`, {
            machine: this.machineName
          })
        const sure = await window.satmachine.ask(this.$q, {
          title: words('title'),
          message: words('message'),
          yes: words('label'),
          no: this.$t('satmachine.cancel')
        })
        if (!sure || this.retiring) return
        this.retiring = true
        this.retireError = null
        try {
          this.saved(await window.satmachine.adminApi.dropSplit(this.itemId))
        } catch (error) {
          this.retireError = error
        }
        this.retiring = false
      },
      async loadScopes() {
        const {machines, splitVersions} = window.satmachine.adminApi
        const inForce = {is_in_force: true, is_default: false, limit: 200}
        try {
          const [all, own] = await Promise.all([
            machines({limit: 200, sortby: 'name', direction: 'asc'}),
            splitVersions(inForce)
          ])
          this.machines = all.data
          this.own = own.data.map(set => set.machine_id)
        } catch (error) {
          this.error = error
        }
      },
      async load() {
        const asked = this.scope
        try {
          const set = await window.satmachine.adminApi.split(this.itemId)
          if (asked === this.scope) this.take(set)
        } catch (error) {
          this.error = error
        }
      }
    },
    watch: {
      itemId() {
        this.set = null
        this.lines = null
        this.draft = null
        this.retireError = null
        this.load()
      }
    },
    created() {
      this.load()
      this.loadScopes()
    }
  }
})()
