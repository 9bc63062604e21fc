// @ts-check
// One LP at one machine: its figures, its invitation, what can be done, and its cash.
window.satmachine.parts['lp-drawer'] = {
  template: '#sm-lp-drawer',
  props: {lpId: {type: String, required: true}},
  emits: ['close', 'changed'],
  data: () => ({
    shown: true,
    lp: null,
    error: null,
    actError: null,
    acting: false,
    booking: null,
    settling: false,
    renaming: false,
    entries: 0
  }),
  computed: {
    facts() {
      const {balance, currency, received_sats, fills} = this.lp
      const {fiat, satsUnit, sats, isZero} = window.satmachine.money
      const {share, days} = window.satmachine.lps
      const amount = name => fiat(balance[name], currency)
      const n = sats(fills)
      const shown = ['confirmed', 'paid', 'reserved', 'leaving', 'pending']
      return [
        ...shown
          .filter(name => name === 'confirmed' || !isZero(balance[name]))
          .map(name => ({name, text: amount(name)})),
        {
          name: 'received',
          text: this.$t(
            'satmachineadmin.lp.received',
            {n, sats: satsUnit(received_sats)},
            fills
          )
        },
        {name: 'share', text: share(this.lp)},
        {name: 'days', text: days(this.lp)}
      ]
    },
    remaining() {
      const {balance, currency} = this.lp
      return window.satmachine.money.fiat(balance.remaining, currency)
    },
    isEmpty() {
      return window.satmachine.money.isZero(this.lp.balance.remaining)
    },
    takesCash() {
      return window.satmachine.lps.takesCash(this.lp)
    },
    // Its own words where the reason is not plain from its status.
    noPart() {
      const {no_part_reason, status} = this.lp
      if (no_part_reason === 'not_active') return null
      if (no_part_reason === 'not_onboarded' && status === 'invited') return null
      return no_part_reason
    },
    moves() {
      const {status, accepted_at} = this.lp
      if (status === 'active') return ['pause', 'end']
      if (status === 'paused') return ['resume', 'end']
      if (status === 'invited') return ['withdraw']
      return accepted_at ? ['reactivate'] : []
    },
    canInvite() {
      return !this.lp.accepted_at
    }
  },
  methods: {
    async ask(what) {
      const text = part => this.$t(`satmachineadmin.lp.${what}.${part}`)
      return window.satmachine.ask(this.$q, {
        title: this.$t(`satmachineadmin.lp.${what}.title`, {
          name: this.lp.username
        }),
        message: text('message'),
        yes: text('label'),
        no: this.$t('satmachineadmin.cash.leave')
      })
    },
    async act(work) {
      this.acting = true
      this.actError = null
      try {
        this.lp = await work(window.satmachine.adminApi)
        this.$emit('changed')
      } catch (error) {
        this.actError = error
      }
      this.acting = false
    },
    async move(what) {
      const status = {
        pause: 'paused',
        resume: 'active',
        reactivate: 'active',
        end: 'ended',
        withdraw: 'ended'
      }[what]
      if (!(await this.ask(what))) return
      await this.act(api => api.changeClient(this.lpId, {status}))
    },
    async renew() {
      const {invitation} = this.lp
      const isOpen = invitation && !invitation.is_expired
      if (isOpen && !(await this.ask('renew'))) return
      await this.act(api => api.renewInvitation(this.lpId))
    },
    rename(username) {
      return window.satmachine.adminApi.changeClient(this.lpId, {username})
    },
    renamed(lp) {
      this.lp = lp
      this.renaming = false
      this.$emit('changed')
    },
    // The list of entries asks anew when cash was booked here.
    booked() {
      this.entries++
      this.changed()
    },
    changed() {
      this.live.refresh()
      this.$emit('changed')
    },
    async load() {
      try {
        const lp = await window.satmachine.adminApi.client(this.lpId)
        // A link is told once; what else is asked afterwards does not take it away.
        this.lp = {...lp, link: lp.invitation ? this.lp?.link : undefined}
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
