// @ts-check
// Asks for a reason and does something with it.
window.satmachine.parts['reason-form'] = {
  template: '#sm-reason-form',
  props: {
    title: {type: String, required: true},
    message: {type: String, required: true},
    label: {type: String, required: true},
    send: {type: Function, required: true}
  },
  emits: ['done', 'cancel'],
  data: () => ({reason: ''}),
  methods: {
    given(value) {
      return !!value || this.$t('satmachineadmin.form.needed')
    }
  }
}
