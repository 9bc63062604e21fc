// @ts-check
// What a confirmed entry should come to, and why: a counter-entry that waits to be confirmed.
window.satmachine.parts['cash-correct'] = {
  template: '#sm-cash-correct',
  props: {entry: {type: Object, required: true}},
  emits: ['done', 'cancel'],
  data: () => ({amount: '', reason: ''}),
  computed: {
    words() {
      return window.satmachine.cash.words(this.$t, this.entry)
    },
    now() {
      const {size} = window.satmachine.cash
      const {amount, corrected_amount, currency} = this.entry
      return window.satmachine.money.fiat(
        size(corrected_amount ?? amount),
        currency
      )
    },
    needed() {
      return [value => !!value || this.$t('satmachineadmin.form.needed')]
    }
  },
  methods: {
    async send() {
      const {amount, reason} = this
      const {actOnCash} = window.satmachine.adminApi
      await actOnCash(this.entry.id, 'correct', {amount, reason})
      this.$q.notify({
        type: 'positive',
        message: this.$t('satmachineadmin.cash.correct.done')
      })
    }
  }
}
