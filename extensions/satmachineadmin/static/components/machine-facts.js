// @ts-check
// How a machine is set up: every fact with its name.
window.satmachine.parts['machine-facts'] = {
  template: '#sm-machine-facts',
  props: {machine: {type: Object, required: true}},
  computed: {
    facts() {
      const {percent, rate} = window.satmachine.money
      const machine = this.machine
      return [
        {name: 'location', text: machine.location || '–'},
        {name: 'currency', text: machine.currency},
        {name: 'wallet', text: machine.wallet_name || '–'},
        {name: 'cash_out_fee', text: percent(machine.cash_out_fee_pct)},
        {name: 'cash_in_fee', text: percent(machine.cash_in_fee_pct)},
        {
          name: 'reference_rate',
          text: rate(machine.reference_rate, machine.currency)
        },
        {name: 'rate_tolerance', text: percent(machine.rate_tolerance_pct)},
        {name: 'fallback', text: percent(machine.fallback_commission_pct)},
        {name: 'payout_policy', text: this.policy},
        {name: 'last_sale_at', time: true, at: machine.last_sale_at},
        {name: 'scan_from', time: true, at: machine.scan_from},
        {name: 'created_at', time: true, at: machine.created_at},
        {name: 'id', copy: machine.id}
      ]
    },
    policy() {
      const {machine} = this
      const minutes = {
        after_minutes: machine.payout_delay_minutes,
        on_dispense: machine.dispense_report_minutes
      }[machine.payout_policy]
      const policy = `satmachineadmin.machine.policy.${machine.payout_policy}`
      return this.$te(policy, 'en')
        ? this.$t(policy, {n: minutes}, minutes)
        : machine.payout_policy
    }
  }
}
