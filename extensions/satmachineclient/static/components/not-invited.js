// @ts-check
// For somebody whom no operator has invited yet: how that happens.
window.satmachine.parts['not-invited'] = {
  template: '#sm-not-invited',
  computed: {
    name() {
      return this.g.user.username
    },
    step() {
      const kind = this.name ? 'name' : 'no_name'
      return this.$t(`satmachineclient.not_invited.${kind}`)
    }
  },
  methods: {
    copy() {
      const what = this.$t('satmachineclient.not_invited.username')
      LNbits.utils.copyText(this.name, this.$t('satmachine.copied', {what}))
    }
  }
}
