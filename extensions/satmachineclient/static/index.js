// @ts-check
// The LP's page: loads its parts and keeps the address. It works without the operator's extension.
window.satmachine ??= {parts: {}}
;(() => {
  const STATIC = '/satmachineclient/static'
  const LIBS = ['http', 'money', 'states', 'times', 'live']
  // prettier-ignore
  const PARTS = [
    'state-chip', 'time-text', 'copy-text', 'error-note',
    'lp-home', 'wallet-card', 'invitation-list', 'position-list', 'fill-list'
  ]

  const script = path => LNbits.utils.loadScript(`${STATIC}/${path}.js`)
  const libs = Promise.all(LIBS.map(name => script(`lib/${name}`))).then(() =>
    script('lib/api')
  )

  async function loadPart(name) {
    await libs
    await Promise.all([
      LNbits.utils.loadTemplate(`${STATIC}/components/${name}.vue`),
      script(`components/${name}`)
    ])
    return window.satmachine.parts[name]
  }

  for (const name of PARTS) {
    if (window.app.component(`sm-${name}`)) continue
    const part = Vue.defineAsyncComponent(() => loadPart(name))
    window.app.component(`sm-${name}`, part)
  }

  window.PageSatmachineclient = {
    template: '#page-satmachineclient',
    data: () => ({ready: false, broken: false}),
    methods: {
      reload: () => window.location.reload(),
      setQuery(query) {
        this.$router.push({path: this.$route.path, query})
      }
    },
    errorCaptured(error) {
      console.error(error)
      this.broken = true
      return false
    },
    async created() {
      try {
        await libs
        this.ready = true
      } catch {
        this.broken = true
      }
    }
  }
})()
