// @ts-check
// Says that nothing new can begin without the platform's approval, and asks for it.
window.satmachine.parts['approval-note'] = {
  template: '#sm-approval-note',
  props: {operator: {type: Object, required: true}},
  emits: ['changed'],
  data: () => ({busy: false, error: null}),
  computed: {
    text() {
      const {standing} = this.operator
      return this.$t(`satmachineadmin.approval.${standing}`)
    }
  },
  methods: {
    async ask() {
      if (this.busy) return
      this.busy = true
      this.error = null
      try {
        await window.satmachine.adminApi.askForApproval()
      } catch (error) {
        this.error = error
      }
      this.busy = false
      this.$emit('changed')
    }
  }
}
