// @ts-check
// An LP says what is wrong about a cash entry that is not confirmed yet.
window.satmachine.parts['dispute-form'] = {
  template: '#sm-dispute-form',
  props: {entry: {type: Object, required: true}},
  emits: ['done', 'cancel'],
  data: () => ({reason: ''}),
  methods: {
    given(value) {
      return !!value || this.$t('satmachineclient.cash.dispute.needed')
    },
    send() {
      const {disputeCash} = window.satmachine.clientApi
      return disputeCash(this.entry.id, {reason: this.reason})
    }
  }
}
