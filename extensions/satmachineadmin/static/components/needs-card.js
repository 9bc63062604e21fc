// @ts-check
// What waits for the operator, the most pressing first. Empty is good news and says so.
window.satmachine.parts['needs-card'] = {
  template: '#sm-needs-card',
  props: {status: {type: Object, required: true}},
  emits: ['open'],
  computed: {
    needs() {
      const {matters, needs} = window.satmachine
      return needs.of(this.status, matters).map(need => this.shown(need))
    },
    count() {
      const {matters, needs} = window.satmachine
      return needs.count(this.status, matters)
    }
  },
  methods: {
    word(key, words = {}, count) {
      const path = `satmachineadmin.needs.${key}`
      return count === undefined
        ? this.$t(path, words)
        : this.$t(path, {n: window.satmachine.money.sats(count), ...words}, count)
    },
    shown({look, text, count, place, detail, hint, words, act, ...need}) {
      const drawn = Array.isArray(look)
        ? window.satmachine.states.look(...look)
        : look
      const said = this.word(text, words, count)
      return {
        ...need,
        color: drawn.color,
        icon: drawn.icon,
        text: place ? `${place}: ${said}` : said,
        detail: hint ? this.word(hint, words) : detail,
        action: act && this.word(`act.${act}`)
      }
    }
  }
}
