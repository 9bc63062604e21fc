// @ts-check
// A one-time code for the machine: shown this once, to type or to scan, until the machine has redeemed it.
;(() => {
  const PERIOD_MS = 3000

  window.satmachine.parts['pair-dialog'] = {
    template: '#sm-pair-dialog',
    props: {machine: {type: Object, required: true}},
    emits: ['seen', 'changed', 'close'],
    data: () => ({
      shown: true,
      busy: false,
      // what the machine was before this code
      before: null,
      offer: null,
      // the machine as it is now: who it is paired with, and whether the code is open
      now: null,
      clock: Date.now(),
      error: null
    }),
    computed: {
      left() {
        return window.satmachine.spans.left(this.offer?.expires_at, this.clock)
      },
      // busy | lost | waiting | paired | over
      state() {
        if (this.isPaired) return 'paired'
        if (!this.offer) return 'busy'
        if (!this.offer.code) return 'lost'
        const isOpen = !this.now || this.now.key.pairing_expires_at
        return isOpen && this.left ? 'waiting' : 'over'
      },
      isPaired() {
        const {key} = this.now ?? {}
        if (!key?.npub) return false
        const {npub, paired_at} = this.before
        return key.npub !== npub || key.paired_at !== paired_at
      },
      hadKey() {
        return !!this.before?.npub
      }
    },
    methods: {
      copy() {
        const what = this.$t('satmachineadmin.pair.code')
        const done = this.$t('satmachine.copied', {what})
        LNbits.utils.copyText(this.offer.code, done)
      },
      async open() {
        if (this.busy) return
        this.busy = true
        this.error = null
        try {
          const {openPairing} = window.satmachine.machineApi
          this.offer = await openPairing(this.machine.id)
          this.now = null
        } catch (error) {
          this.error = error
        }
        // The code can be taken back from the moment that it is seen.
        this.busy = false
        this.live.refresh()
      },
      async takeBack() {
        if (this.busy) return
        this.busy = true
        this.error = null
        // What was asked before and is answered later still says that the code is open.
        this.ending = true
        try {
          const {cancelPairing} = window.satmachine.machineApi
          this.$emit('changed', await cancelPairing(this.machine.id))
          this.shown = false
        } catch (error) {
          this.error = error
          this.ending = false
          this.live.refresh()
        }
        this.busy = false
      },
      // Until there is a code, what is open is another one's; what cannot be asked now is asked again.
      async load() {
        const {offer} = this
        if (!offer) return
        try {
          const machine = await window.satmachine.adminApi.machine(this.machine.id)
          if (offer !== this.offer || this.ending) return
          this.now = machine
          this.$emit(this.isPaired ? 'changed' : 'seen', machine)
          if (this.isPaired) this.live.stop()
        } catch {
          // the page behind says so; the countdown goes on
        }
      }
    },
    created() {
      window.satmachine.http.newAct()
      this.before = {...this.machine.key}
      this.live = window.satmachine.live.every(PERIOD_MS, () => this.load())
      this.timer = setInterval(() => (this.clock = Date.now()), 1000)
      this.open()
    },
    unmounted() {
      this.live.stop()
      clearInterval(this.timer)
    }
  }
})()
