// @ts-check
// The LP's page: loads its parts and keeps the address. It works without the operator's extension.
window.satmachine ??= {parts: {}}
;(() => {
  const STATIC = '/satmachineclient/static'
  // prettier-ignore
  const LIBS = [
    'ask', 'changes', 'charts', 'earlier', 'hear', 'live', 'money', 'parts', 'statement', 'states', 'times',
    'wallets'
  ]
  // prettier-ignore
  const PARTS = [
    'state-chip', 'time-text', 'copy-text', 'error-note', 'form-card',
    'lp-home', 'choice-list', 'wallet-card', 'pace-card', 'forward-card', 'telling-card', 'zone-card',
    'choice-history', 'address-waits', 'confirm-address', 'welcome-card', 'not-invited',
    'invitation-list', 'invitation-page', 'dispute-form', 'position-list', 'cash-list', 'fill-list', 'forward-note',
    'earlier-list',
    'lp-figures', 'fact-grid', 'waiting-card', 'fill-why', 'charts-card', 'line-chart', 'list-filters',
    'statement-page', 'statement-sheet', 'statement-table', 'statement-check', 'statement-change'
  ]

  // What somebody who has begun sees first: fetched at once, not one after the other.
  const FIRST = [
    'lp-home', 'lp-figures', 'fact-grid', 'choice-list', 'charts-card', 'line-chart', 'position-list',
    'cash-list', 'fill-list', 'earlier-list', 'list-filters', 'state-chip', 'time-text'
  ]

  const script = name => LNbits.utils.loadScript(`${STATIC}/lib/${name}.js`)
  const libs = Promise.all([
    ...LIBS.map(script),
    script('http').then(() => script('api'))
  ]).then(() => window.satmachine.register(STATIC, PARTS))

  window.PageSatmachineclient = {
    template: '#page-satmachineclient',
    data: () => ({ready: false}),
    methods: {
      // Above everything, drawers too: what is missing could be what somebody decides by.
      sayBroken() {
        this.$q.notify({
          type: 'negative',
          message: this.$t('satmachineclient.broken'),
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
      setQuery(query) {
        this.$router.push({path: this.$route.path, query})
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
        if (!this.$route.params.page) window.satmachine.preload(STATIC, FIRST)
        this.ready = true
      } catch {
        this.sayBroken()
      }
    }
  }
})()
