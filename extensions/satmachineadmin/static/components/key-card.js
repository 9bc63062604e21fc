// @ts-check
// Whether a machine signs what it says: its key, when it was last heard of, and the ways to change that.
window.satmachine.parts['key-card'] = {
  template: '#sm-key-card',
  props: {
    machine: {type: Object, required: true},
    // somebody came here to pair it
    starts: {type: Boolean, default: false}
  },
  emits: ['seen', 'saved', 'started'],
  data: () => ({
    pairing: false,
    revoking: false,
    acting: false,
    error: null,
    minutes: ''
  }),
  computed: {
    key() {
      return this.machine.key
    },
    state() {
      return window.satmachine.states.key(this.key)
    },
    isPaired() {
      return !!this.key.npub
    },
    // Once it was, what is not signed is not believed, also while it has no key.
    wasPaired() {
      return !!this.key.paired_at
    },
    explained() {
      const kind = this.wasPaired ? 'revoked' : 'unpaired'
      return this.$t(`satmachineadmin.key.explained.${kind}`)
    },
    facts() {
      const {npub, paired_at, seen_at, software, screen} = this.key
      return [
        {name: 'npub', copy: npub},
        {name: 'seen', ago: true, at: seen_at},
        {name: 'since', time: true, at: paired_at},
        {name: 'software', text: software || '–'},
        {name: 'screen', text: screen || '–'}
      ]
    },
    pairLabel() {
      const isOpen = !!this.key.pairing_expires_at
      const kind = this.wasPaired ? 'again' : isOpen ? 'anew' : 'first'
      return this.$t(`satmachineadmin.key.pair.${kind}`)
    },
    minutesProblem() {
      const minutes = Number.parseInt(this.minutes, 10)
      const isWhole = String(minutes) === this.minutes
      return !isWhole || minutes < 1 || minutes > 1440
    },
    isMinutesNew() {
      return this.minutes !== String(this.key.silent_minutes)
    }
  },
  watch: {
    // What is being typed stays.
    'key.silent_minutes'(now, before) {
      if (this.minutes === String(before)) this.minutes = String(now)
    }
  },
  methods: {
    async act(work) {
      if (this.acting) return
      this.acting = true
      this.error = null
      try {
        this.$emit('saved', await work())
      } catch (error) {
        this.error = error
      }
      this.acting = false
    },
    change(what) {
      const {updateMachine} = window.satmachine.adminApi
      return this.act(() => updateMachine(this.machine.id, what))
    },
    async setUnsigned(takes_unsigned) {
      const kind = takes_unsigned ? 'on' : 'off'
      const text = part => this.$t(`satmachineadmin.key.unsigned.${kind}_${part}`)
      const sure = await window.satmachine.ask(this.$q, {
        title: text('title'),
        message: text('message'),
        yes: text('label'),
        no: this.$t('satmachine.cancel')
      })
      if (sure) await this.change({takes_unsigned})
    },
    saveMinutes() {
      if (this.minutesProblem) return
      this.change({silent_minutes: Number.parseInt(this.minutes, 10)})
    },
    takeBack() {
      const {cancelPairing} = window.satmachine.machineApi
      return this.act(() => cancelPairing(this.machine.id))
    },
    revoke(reason) {
      return window.satmachine.machineApi.revokeKey(this.machine.id, reason)
    },
    revoked(machine) {
      this.revoking = false
      this.$emit('saved', machine)
    },
    closed() {
      this.pairing = false
      this.$emit('started')
    }
  },
  created() {
    this.minutes = String(this.key.silent_minutes)
    this.pairing = this.starts
  }
}
