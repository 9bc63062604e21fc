// @ts-check
// One sale: the sentence, what it waits for, where every sat went, what happened when.
window.satmachine.parts['settlement-drawer'] = {
  template: '#sm-settlement-drawer',
  props: {
    settlementId: {type: String, required: true},
    receipt: {type: Boolean, default: false}
  },
  emits: ['close', 'changed', 'receipt'],
  data: () => ({
    shown: true,
    settlement: null,
    error: null,
    loadedAt: null,
    releasing: false,
    releaseError: null
  }),
  computed: {
    direction() {
      const found = window.satmachine.states.direction(this.settlement.tx_type)
      if (!found) return this.$t('satmachineadmin.settlement.payment')
      return `${found.arrow} ${this.$t(found.label)}`
    },
    sentence() {
      const {fiat, rate, satsUnit, UNKNOWN} = window.satmachine.money
      const {tx_type, fiat_amount, currency, exchange_rate} = this.settlement
      const words = {
        sats: satsUnit(this.settlement.wire_sats),
        fiat: fiat(fiat_amount, currency),
        rate: rate(exchange_rate, currency)
      }
      const doubtful = ['rejected', 'dismissed'].includes(this.settlement.state)
      const known = !doubtful && tx_type && words.fiat !== UNKNOWN
      const kind = known ? tx_type : 'unknown'
      const priced = known && words.rate !== UNKNOWN ? '_priced' : ''
      return this.$t(
        `satmachineadmin.settlement.sentence.${kind}${priced}`,
        words
      )
    },
    attention() {
      const {state, error_message, next_try_at} = this.settlement
      const {color, icon} = window.satmachine.states.look('settlement', state)
      const asked = ['held', 'rejected', 'errored', 'dismissed'].includes(state)
      if (!asked && !error_message) return null
      const held = this.settlement.is_test ? 'test' : next_try_at && 'waiting'
      const word = state === 'held' && held ? held : state
      const known = `satmachineadmin.settlement.state.${word}`
      const text = this.$te(known, 'en')
        ? this.$t(known)
        : this.$t('satmachineadmin.settlement.waits')
      const detail = [this.reasonText, error_message].filter(Boolean).join('\n')
      const until = state === 'held' ? next_try_at : null
      return {color, icon, text, detail, until}
    },
    reasonText() {
      const reason = this.settlement.reason
      const key = `satmachineadmin.reason.${reason}`
      if (!reason) return ''
      return this.$te(key, 'en') ? this.$t(key) : reason.replaceAll('_', ' ')
    },
    // Who has it in hand, while it is processed.
    working() {
      const {work} = this.settlement
      if (!work) return ''
      const {clock} = window.satmachine.times
      const kind = work.lease_until ? 'held' : 'lapsed'
      return this.$t(`satmachineadmin.settlement.working.${kind}`, {
        claim: work.claim,
        since: clock(work.claimed_at),
        until: clock(work.lease_until)
      })
    },
    marks() {
      return window.satmachine.states.marks(this.settlement)
    },
    isUndispensed() {
      return this.settlement.reason === 'dispense_failed'
    },
    releaseKind() {
      if (this.isUndispensed) return 'release_dispensed'
      return this.settlement.is_test ? 'release_test' : 'release'
    },
    releaseLabel() {
      return this.$t(`satmachineadmin.settlement.${this.releaseKind}`, {
        sats: window.satmachine.money.satsUnit(this.settlement.wire_sats)
      })
    }
  },
  methods: {
    async release() {
      const {satsUnit} = window.satmachine.money
      const {wire_sats, commission_sats, principal_sats} = this.settlement
      const kind = `satmachineadmin.settlement.${this.releaseKind}`
      const sure = await window.satmachine.ask(this.$q, {
        title: this.$t(`${kind}_title`),
        message: this.$t(`${kind}_message`, {
          machine: this.settlement.machine_name,
          sats: satsUnit(wire_sats),
          commission: satsUnit(commission_sats),
          principal: satsUnit(principal_sats)
        }),
        yes: this.releaseLabel,
        no: this.$t('satmachine.cancel')
      })
      if (!sure || this.releasing) return
      this.releasing = true
      this.releaseError = null
      try {
        await window.satmachine.adminApi.releaseSettlement(
          this.settlementId,
          this.settlement.is_test
        )
        this.$q.notify({
          type: 'positive',
          message: this.$t('satmachineadmin.settlement.released')
        })
      } catch (error) {
        this.releaseError = error
      }
      await this.refresh()
      this.releasing = false
    },
    async refresh() {
      await this.live.refresh()
      this.$emit('changed')
    },
    async load() {
      try {
        this.settlement = await window.satmachine.adminApi.settlement(
          this.settlementId
        )
        this.loadedAt = new Date().toISOString()
        this.error = null
      } catch (error) {
        this.error = error
      }
    }
  },
  created() {
    this.live = window.satmachine.live.every(5000, () => this.load())
  },
  unmounted() {
    this.live.stop()
  }
}
