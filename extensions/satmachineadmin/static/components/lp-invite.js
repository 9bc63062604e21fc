// @ts-check
// Invites an LP to a machine: by a link for whoever opens it, or for the user of one exact name.
window.satmachine.parts['lp-invite'] = {
  template: '#sm-lp-invite',
  props: {machines: {type: Array, required: true}},
  emits: ['changed', 'close'],
  data: () => ({
    shown: true,
    by: 'link',
    machineId: null,
    name: '',
    username: '',
    invited: null
  }),
  computed: {
    options() {
      return this.machines.map(({id, name, currency}) => ({
        value: id,
        label: `${name} · ${currency}`
      }))
    },
    needed() {
      return [value => !!value || this.$t('satmachineadmin.form.needed')]
    }
  },
  watch: {
    // With one machine there is nothing to choose.
    machines: {
      immediate: true,
      handler(machines) {
        if (machines.length === 1) this.machineId = machines[0].id
      }
    }
  },
  methods: {
    send() {
      const name = this.name || undefined
      return window.satmachine.adminApi.inviteLp({
        machine_id: this.machineId,
        display_name: name,
        username: this.by === 'username' ? this.username : undefined
      })
    },
    done(lp) {
      this.invited = lp
      this.$emit('changed')
    }
  }
}
