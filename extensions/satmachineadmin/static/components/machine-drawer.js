// @ts-check
// One machine: what it holds and how it is set up, with the way to change it.
window.satmachine.parts['machine-drawer'] = {
  template: '#sm-machine-drawer',
  props: {machineId: {type: String, required: true}},
  emits: ['close', 'settlements', 'changed'],
  data: () => ({
    shown: true,
    machine: null,
    error: null,
    editing: false,
    switching: false,
    switchError: null
  }),
  computed: {
    switchKind() {
      return this.machine.maintenance ? 'end' : 'begin'
    },
    facts() {
      const {percent, rate} = window.satmachine.money
      const machine = this.machine
      const policy = `satmachineadmin.machine.policy.${machine.payout_policy}`
      const minutes = {
        after_minutes: machine.payout_delay_minutes,
        on_dispense: machine.dispense_report_minutes
      }[machine.payout_policy]
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
        {
          name: 'payout_policy',
          text: this.$te(policy, 'en')
            ? this.$t(policy, {n: minutes}, minutes)
            : machine.payout_policy
        },
        {name: 'last_sale_at', time: true, at: machine.last_sale_at},
        {name: 'scan_from', time: true, at: machine.scan_from},
        {name: 'created_at', time: true, at: machine.created_at},
        machine.npub
          ? {name: 'npub', copy: machine.npub}
          : {name: 'npub', text: this.$t('satmachineadmin.machine.unpaired')},
        {name: 'id', copy: machine.id}
      ]
    }
  },
  methods: {
    machineState: row => window.satmachine.states.machine(row),
    satsUnit: value => window.satmachine.money.satsUnit(value),
    sales(count) {
      const n = window.satmachine.money.sats(count)
      return this.$t('satmachineadmin.machines.sales', {n}, count)
    },
    async switchMaintenance() {
      const words = part =>
        this.$t(
          `satmachineadmin.machine.maintenance.${this.switchKind}_${part}`
        )
      const sure = await window.satmachine.ask(this.$q, {
        title: words('title'),
        message: words('message'),
        yes: words('label'),
        no: this.$t('satmachine.cancel')
      })
      if (!sure || this.switching) return
      this.switching = true
      this.switchError = null
      try {
        const {updateMachine} = window.satmachine.adminApi
        const maintenance = !this.machine.maintenance
        this.saved(await updateMachine(this.machineId, {maintenance}))
      } catch (error) {
        this.switchError = error
      }
      this.switching = false
    },
    saved(machine) {
      this.machine = machine
      this.editing = false
      this.$emit('changed')
    },
    checked() {
      this.load()
      this.$emit('changed')
    },
    async load() {
      try {
        this.machine = await window.satmachine.adminApi.machine(this.machineId)
        this.error = null
      } catch (error) {
        this.error = error
      }
    }
  },
  created() {
    this.load()
  }
}
