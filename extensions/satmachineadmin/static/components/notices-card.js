// @ts-check
// What the operator is told of, and by which of LNbits' ways. Addresses stay in the LNbits account.
;(() => {
  const NOTICES = {
    errored: 'receipt_long',
    paused: 'pause_circle',
    disputed: 'gavel'
  }

  window.satmachine.parts['notices-card'] = {
    template: '#sm-notices-card',
    data: () => ({settings: null, error: null, saving: null, saveError: null}),
    computed: {
      notices() {
        return Object.entries(NOTICES).map(([name, icon]) => ({
          name,
          icon,
          field: `notify_${name}`,
          on: this.settings[`notify_${name}`]
        }))
      },
      channels() {
        return this.settings.channels.map(({channel, is_set, is_open}) => {
          const how = !is_open ? 'closed' : is_set ? 'used' : 'unset'
          const looks = {
            used: {icon: 'check_circle', color: 'positive'},
            unset: {icon: 'radio_button_unchecked', color: 'grey'},
            closed: {icon: 'block', color: 'grey'}
          }
          return {channel, how, ...looks[how]}
        })
      },
      isHeard() {
        return this.channels.some(({how}) => how === 'used')
      },
      sentence() {
        const key = this.isHeard ? 'heard' : 'unheard'
        return this.$t(`satmachineadmin.notices.${key}`)
      }
    },
    methods: {
      async choose({field}, wanted) {
        this.saving = field
        this.saveError = null
        window.satmachine.http.newAct()
        try {
          const {saveSettings} = window.satmachine.adminApi
          this.settings = await saveSettings({[field]: wanted})
        } catch (error) {
          this.saveError = error
        }
        this.saving = null
      },
      async load() {
        if (this.saving) return
        try {
          this.settings = await window.satmachine.adminApi.settings()
          this.error = null
        } catch (error) {
          this.error = error
        }
      }
    },
    created() {
      this.live = window.satmachine.live.every(15000, () => this.load())
    },
    unmounted() {
      this.live.stop()
    }
  }
})()
