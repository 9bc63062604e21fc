// @ts-check
// What the LP is told of, and by which of LNbits' ways. Addresses stay in the LNbits account.
;(() => {
  const WHICH = ['each', 'daily', 'problems', 'none']
  const LOOKS = {
    used: {icon: 'check_circle', color: 'positive'},
    unset: {icon: 'radio_button_unchecked', color: 'grey'},
    closed: {icon: 'block', color: 'grey'}
  }

  window.satmachine.parts['telling-card'] = {
    template: '#sm-telling-card',
    props: {preferences: {type: Object, required: true}},
    emits: ['saved'],
    data() {
      return {which: this.preferences.notifications}
    },
    computed: {
      options() {
        return WHICH.map(value => ({
          value,
          label: this.$t(`satmachineclient.notices.which.${value}`)
        }))
      },
      ways() {
        return this.preferences.channels.map(({channel, is_set, is_open}) => {
          const how = !is_open ? 'closed' : is_set ? 'used' : 'unset'
          return {channel, how, ...LOOKS[how]}
        })
      },
      isUnset() {
        return this.ways.some(({how}) => how === 'unset')
      }
    },
    methods: {
      async send() {
        const {savePreferences} = window.satmachine.clientApi
        const preferences = await savePreferences({notifications: this.which})
        const message = this.$t('satmachineclient.notices.saved')
        this.$q.notify({type: 'positive', message})
        return preferences
      }
    }
  }
})()
