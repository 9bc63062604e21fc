// @ts-check
// Asks for the one thing that a decision about an operator needs: a user's name, or a reason.
window.satmachine.parts['operator-form'] = {
  template: '#sm-operator-form',
  props: {
    kind: {type: String, required: true},
    name: {type: String, default: ''},
    send: {type: Function, required: true}
  },
  emits: ['done', 'cancel'],
  data: () => ({text: ''}),
  methods: {
    words(part) {
      return this.$t(`satmachineadmin.operators.${this.kind}.${part}`, {
        name: this.name
      })
    }
  }
}
