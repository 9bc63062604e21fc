// @ts-check
// A note for the timeline of a sale. What could not be written stays in the field.
window.satmachine.parts['note-form'] = {
  template: '#sm-note-form',
  props: {settlementId: {type: String, required: true}},
  emits: ['changed'],
  data: () => ({text: '', saving: false, error: null}),
  methods: {
    async save() {
      if (this.saving || !this.text) return
      this.saving = true
      this.error = null
      try {
        const {addNote} = window.satmachine.adminApi
        await addNote(this.settlementId, {text: this.text})
        this.text = ''
        this.$emit('changed')
      } catch (error) {
        this.error = error
      }
      this.saving = false
    }
  }
}
