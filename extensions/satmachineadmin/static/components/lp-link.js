// @ts-check
// The link by which an LP accepts its invitation: to scan, to copy, to send. It is shown this once.
window.satmachine.parts['lp-link'] = {
  template: '#sm-lp-link',
  props: {lp: {type: Object, required: true}},
  computed: {
    message() {
      return this.$t('satmachineadmin.invite.message', {
        machine: this.lp.machine_name,
        link: this.lp.link
      })
    },
    canShare: () => !!window.navigator.share
  },
  methods: {
    copy(text, what) {
      const done = this.$t('satmachine.copied', {
        what: this.$t(`satmachineadmin.invite.${what}`)
      })
      LNbits.utils.copyText(text, done)
    },
    async share() {
      try {
        await window.navigator.share({text: this.message})
      } catch {
        // The reader thought better of it; the link stands here to be copied.
      }
    }
  }
}
