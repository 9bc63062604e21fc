// @ts-check
// Payouts, and sats that are passed on, which are on their way or failed: why, and what the LP itself has
// to do about it. There only when there is something.
;(() => {
  // The list of payouts has all of them.
  const SHOWN = 5
  // What only the LP can do something about, by why its payout was refused.
  const YOURS = {
    no_lp_wallet: 'wallet_gone',
    receiver_gone: 'wallet_gone',
    receiver_shared: 'wallet_gone',
    receiver_is_machine: 'wallet_gone',
    receiver_full: 'wallet_full'
  }
  const isForward = row => row.leg_type === 'autoforward'

  window.satmachine.parts['waiting-card'] = {
    template: '#sm-waiting-card',
    props: {
      rows: {type: Array, required: true},
      total: {type: Number, required: true}
    },
    computed: {
      shown() {
        return this.rows.slice(0, SHOWN)
      },
      more() {
        return this.total - this.shown.length
      },
      // Each thing to do once, however many payments wait for it.
      acts() {
        const acts = this.rows.map(row => this.act(row)).filter(Boolean)
        return [...new Set(acts)]
      }
    },
    methods: {
      act(row) {
        const {state, waits_code: code, error_code: refused, error_message: said} = row
        // An address that does not answer is asked again by itself; whose it is may know better.
        const isInVain = isForward(row) && state === 'pending' && said
        if (code || (state !== 'failed' && !isInVain)) return null
        if (isForward(row)) return 'address'
        return YOURS[refused] ?? null
      },
      amount(row) {
        const {fiat, satsUnit} = window.satmachine.money
        const sats = satsUnit(row.sats)
        if (isForward(row)) return `↑ ${sats}`
        return `↓ ${sats} · ${fiat(row.fiat_amount, row.currency)}`
      }
    }
  }
})()
