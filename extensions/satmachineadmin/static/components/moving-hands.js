// @ts-check
// What needs a hand of a move, the most pressing first; texts of the predecessor's are text.
;(() => {
  const SHOWN = 10

  window.satmachine.parts['moving-hands'] = {
    template: '#sm-moving-hands',
    props: {hands: {type: Array, required: true}},
    data: () => ({shown: SHOWN}),
    computed: {
      rows() {
        return this.hands.slice(0, this.shown).map((hand, place) => ({
          place,
          text: this.sentence(hand),
          detail: hand.detail
        }))
      },
      more() {
        return this.hands.length - this.shown
      }
    },
    watch: {
      hands() {
        this.shown = SHOWN
      }
    },
    methods: {
      sentence({kind, words}) {
        const {fiat, satsUnit} = window.satmachine.money
        const said = {
          ...words,
          amount: fiat(words.amount, words.currency),
          sats: satsUnit(words.sats)
        }
        return this.$t(`satmachineadmin.moving.hand.${kind}`, said, words.n ?? 1)
      },
      showMore() {
        this.shown += 10 * SHOWN
      }
    }
  }
})()
