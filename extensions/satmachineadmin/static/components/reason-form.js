// @ts-check
// Asks for a reason and does something with it; what goes wrong is said here.
window.satmachine.parts['reason-form'] = {
  template: '#sm-reason-form',
  props: {
    title: {type: String, required: true},
    message: {type: String, required: true},
    label: {type: String, required: true},
    send: {type: Function, required: true}
  },
  emits: ['done', 'cancel'],
  data: () => ({reason: '', saving: false, error: null}),
  methods: {
    given(value) {
      return !!value || this.$t('satmachineadmin.form.needed')
    },
    async save() {
      if (this.saving) return
      this.saving = true
      this.error = null
      try {
        await this.send(this.reason)
        this.$emit('done')
      } catch (error) {
        this.error = error
      }
      this.saving = false
    }
  }
}
