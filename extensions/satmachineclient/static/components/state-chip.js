// @ts-check
// The one way to show a state: an icon and a word. What needs somebody is filled,
// the rest is quiet, so that a long list shows its exceptions.
;(() => {
  const LOUD = ['warning', 'negative']

  window.satmachine.parts['state-chip'] = {
    template: '#sm-state-chip',
    props: {
      kind: {type: String, required: true},
      state: {type: String, default: null}
    },
    computed: {
      look() {
        return window.satmachine.states.look(this.kind, this.state)
      },
      loud() {
        return LOUD.includes(this.look.color)
      },
      word() {
        if (this.look.known) return this.$t(this.look.label)
        return this.state ?? '–'
      }
    }
  }
})()
