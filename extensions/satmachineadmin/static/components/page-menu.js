// @ts-check
// The page's one menu: tabs where there is room for all of them, one button with a list where there is not.
window.satmachine.parts['page-menu'] = {
  template: '#sm-page-menu',
  props: {
    tabs: {type: Array, required: true},
    tab: {type: String, required: true}
  },
  emits: ['open'],
  computed: {
    current() {
      return this.tabs.find(entry => entry.name === this.tab) ?? this.tabs[0]
    },
    // Somewhere else than where it is listed, the menu's button says that something waits.
    badge() {
      return this.tabs.find(entry => entry.badge)?.badge ?? 0
    }
  },
  methods: {
    label: entry => `satmachineadmin.tab.${entry.name}`,
    waits(n) {
      return this.$t('satmachineadmin.needs.badge', {n}, n)
    },
    open({name}) {
      this.$emit('open', name === 'overview' ? '' : name)
    }
  }
}
