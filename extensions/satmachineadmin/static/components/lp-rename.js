// @ts-check
// What the operator calls an LP. The LP's own name and account stay as they are.
window.satmachine.parts['lp-rename'] = {
  template: '#sm-lp-rename',
  props: {
    lp: {type: Object, required: true},
    send: {type: Function, required: true}
  },
  emits: ['done', 'close'],
  data() {
    return {name: this.lp.username}
  },
  computed: {
    needed() {
      return [value => !!value || this.$t('satmachineadmin.form.needed')]
    }
  }
}
