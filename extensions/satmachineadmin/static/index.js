// @ts-check
// The operator's page: loads its parts, keeps the status fresh, and maps the address to a tab.
window.satmachine ??= {parts: {}}
;(() => {
  const STATIC = '/satmachineadmin/static'
  const HOME = '/satmachineadmin/'
  const STATUS_PERIOD_MS = 10000
  // prettier-ignore
  const LIBS = [
    'ask', 'cash', 'cash-units', 'components', 'days', 'earlier', 'figures', 'hear', 'live', 'lps', 'matters',
    'money', 'moving', 'needs', 'parts', 'percent', 'spans', 'states', 'tabs', 'times', 'trail', 'transactions'
  ]

  const script = name => LNbits.utils.loadScript(`${STATIC}/lib/${name}.js`)
  const libs = Promise.all([
    ...LIBS.map(script),
    script('http')
      .then(() => script('api'))
      .then(() => Promise.all(['machine-api', 'moving-api'].map(script)))
  ]).then(() => window.satmachine.register(STATIC, window.satmachine.components))
  // For the reader's clock; where it is not known, times are on the browser's own.
  let settings = null

  // Without it LNbits builds the whole page anew for each address, and a drawer would lose its list.
  const keepPage = to => {
    to.meta.stableKey = true
  }

  window.PageSatmachineadmin = {
    template: '#page-satmachineadmin',
    beforeRouteEnter: keepPage,
    beforeRouteUpdate: keepPage,
    data: () => ({ready: false, status: null, statusError: null, statusAt: null}),
    computed: {
      tabs() {
        return this.ready ? window.satmachine.tabs.shown(this.status) : []
      },
      tab() {
        return window.satmachine.tabs.known(this.$route.params.tab)
      },
      // of the menu, which does not list every one
      listed() {
        return window.satmachine.tabs.listed(this.tab)
      },
      itemId() {
        return this.$route.params.id || null
      }
    },
    methods: {
      // Above everything, drawers too: what is missing could be what somebody decides by.
      sayBroken() {
        this.$q.notify({
          type: 'negative',
          message: this.$t('satmachineadmin.broken'),
          timeout: 0,
          actions: [
            {
              label: this.$t('satmachine.reload'),
              color: 'white',
              handler: () => window.location.reload()
            }
          ]
        })
      },
      refresh() {
        this.live.refresh()
      },
      async loadStatus() {
        try {
          this.status = await window.satmachine.adminApi.status()
          this.statusAt = new Date().toISOString()
          this.hearing.on(this.status.live_channel)
          this.statusError = null
        } catch (error) {
          this.statusError = error
        }
      },
      // Closing what was opened from its list is going back, not one step further.
      openItem(tab, id, query) {
        const path = HOME + tab + (id ? `/${id}` : '')
        const target = {path, query: query ?? this.$route.query}
        const {fullPath} = this.$router.resolve(target)
        if (!id && window.history.state?.back === fullPath) this.$router.back()
        else this.$router.push(target)
      },
      setQuery(query) {
        this.$router.replace({path: this.$route.path, query})
      }
    },
    errorCaptured(error) {
      console.error(error)
      this.sayBroken()
      return false
    },
    async created() {
      try {
        await libs
      } catch {
        this.sayBroken()
        return
      }
      const {adminApi, firstParts, hear, live, preload} = window.satmachine
      preload(STATIC, firstParts(this.tab))
      settings ??= adminApi.settings().catch(() => {})
      this.hearing = hear.changes(adminApi.liveAddress, live.changed)
      this.live = live.every(STATUS_PERIOD_MS, () => this.loadStatus())
      await settings
      this.ready = true
    },
    unmounted() {
      this.live?.stop()
      this.hearing?.stop()
    }
  }
})()
