// @ts-check
// The operators who invite the LP by its name, and what comes next once one is accepted.
window.satmachine.parts['invitation-list'] = {
  template: '#sm-invitation-list',
  props: {
    invitations: {type: Array, required: true},
    preferences: {type: Object, required: true}
  },
  emits: ['accepted'],
  data: () => ({accepted: []}),
  computed: {
    // What is accepted is still among them until the page has loaded anew.
    open() {
      const done = this.accepted.map(({id}) => id)
      return this.invitations.filter(({id}) => !done.includes(id))
    }
  },
  methods: {
    words({operator_name: operator, machine_name: machine}) {
      return {operator, machine}
    },
    accept: invitation => chosen =>
      window.satmachine.clientApi.acceptEnrolment(invitation.id, chosen),
    keep(enrolment) {
      this.accepted.push(enrolment)
      this.$emit('accepted')
    },
    close(enrolment) {
      this.accepted = this.accepted.filter(({id}) => id !== enrolment.id)
    }
  }
}
