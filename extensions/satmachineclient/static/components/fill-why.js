// @ts-check
// Why a payout, or what passes sats on, is not there yet. What the engine says is meant for operators too;
// what it waits for is said here in an LP's words.
;(() => {
  const OVER = ['completed', 'voided', 'refunded']

  window.satmachine.parts['fill-why'] = {
    template: '#sm-fill-why',
    props: {row: {type: Object, required: true}},
    computed: {
      why() {
        const {state, waits_code: code, error_message: said} = this.row
        if (OVER.includes(state)) return said ?? ''
        const key = `satmachineclient.waiting.for.${code}`
        if (code && this.$te(key)) return this.$t(key)
        return said || this.$t(`satmachineclient.waiting.state.${state}`)
      }
    }
  }
})()
