// @ts-check
// What the LP has chosen, each with a way to change it, and what was changed before.
window.satmachine.parts['choice-list'] = {
  template: '#sm-choice-list',
  props: {
    preferences: {type: Object, required: true},
    positions: {type: Array, required: true}
  },
  emits: ['saved'],
  data: () => ({changing: null, looking: false}),
  computed: {
    currencies() {
      return [...new Set(this.positions.map(position => position.currency))]
    },
    wallet() {
      const {nameOf} = window.satmachine.wallets
      const name = nameOf(this.g.user.wallets, this.preferences.dca_wallet_id)
      const wallet = name ?? this.$t('satmachineclient.wallet_gone')
      return {text: this.$t('satmachineclient.arrive_in', {wallet})}
    },
    pace() {
      const now = this.preferences
      const limit = window.satmachine.money.fiat(
        now.fixed_mode_daily_limit,
        now.fixed_mode_currency
      )
      const part = `satmachineclient.pace.now.${now.default_dca_mode}`
      return {text: this.$t(part, {limit})}
    },
    forward() {
      const now = this.preferences
      const {sats, satsUnit} = window.satmachine.money
      const text = (part, words) =>
        this.$t(`satmachineclient.forward.now.${part}`, words)
      if (!now.autoforward_enabled) return {text: text('off')}
      const address = now.autoforward_ln_address
      if (!address) return {text: text('off'), caption: text('waits')}
      const least = now.autoforward_min_sats
      const gathering = now.autoforward_gathering_sats
      const counted = {sats: sats(gathering), least: satsUnit(least)}
      const part = gathering ? 'gathering' : 'least'
      return {
        text: text('on', {address}),
        caption: least || gathering ? text(part, counted) : ''
      }
    },
    notices() {
      const {notifications: which, channels} = this.preferences
      const heard = channels.filter(({is_set, is_open}) => is_set && is_open)
      const ways = heard.map(({channel}) =>
        this.$t(`satmachineclient.notices.way.${channel}`)
      )
      const part = ways.length ? 'heard' : 'unheard'
      const caption = this.$t(`satmachineclient.notices.${part}`, {
        ways: ways.join(', ')
      })
      return {
        text: this.$t(`satmachineclient.notices.now.${which}`),
        caption: which === 'none' && ways.length ? '' : caption
      }
    },
    zone() {
      const {time_zone: chosen, time_zone_in_use: zone} = this.preferences
      const {timeZone: own} = Intl.DateTimeFormat().resolvedOptions()
      const unknown = this.$t('satmachineclient.zone.unknown', {zone: chosen})
      const isOther = chosen === 'UTC' && own !== 'UTC'
      const suggested = isOther
        ? this.$t('satmachineclient.zone.own', {zone: own})
        : ''
      return {
        text: this.$t('satmachineclient.zone.now', {zone}),
        caption: chosen === zone ? suggested : unknown
      }
    },
    choices() {
      const muted = this.preferences.notifications === 'none'
      const bell = muted ? 'notifications_off' : 'notifications'
      return [
        {name: 'wallet', icon: 'account_balance_wallet', ...this.wallet},
        {name: 'pace', icon: 'speed', ...this.pace},
        {name: 'forward', icon: 'forward', ...this.forward},
        {name: 'telling', icon: bell, ...this.notices},
        {name: 'zone', icon: 'schedule', ...this.zone}
      ]
    }
  },
  methods: {
    saved(preferences) {
      this.changing = null
      this.$emit('saved', preferences)
    }
  }
}
