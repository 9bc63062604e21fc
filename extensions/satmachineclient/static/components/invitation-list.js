// @ts-check
// Who invites the LP, to which machine, in which currency. Accepting is the LP's own act.
window.satmachine.parts['invitation-list'] = {
  template: '#sm-invitation-list',
  props: {
    invitations: {type: Array, required: true},
    // Nothing is accepted before it is known where the sats arrive.
    ready: {type: Boolean, required: true}
  },
  emits: ['accepted'],
  data: () => ({accepting: null, error: null, errorId: null}),
  methods: {
    words(invitation) {
      return {
        operator: invitation.operator_name,
        machine: invitation.machine_name,
        currency: invitation.currency
      }
    },
    async accept(invitation) {
      if (this.accepting) return
      this.accepting = invitation.id
      this.error = null
      try {
        await window.satmachine.clientApi.acceptEnrolment(invitation.id)
        this.$q.notify({
          type: 'positive',
          message: this.$t('satmachineclient.invitation.accepted')
        })
        this.$emit('accepted')
      } catch (error) {
        this.error = error
        this.errorId = invitation.id
      }
      this.accepting = null
    }
  }
}
