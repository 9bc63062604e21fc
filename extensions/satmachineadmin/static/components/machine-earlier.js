// @ts-check
// A wallet that was in use before: what its payments since an instant would become. Nothing is counted
// before somebody has looked at this list and said yes to it.
window.satmachine.parts['machine-earlier'] = {
  template: '#sm-machine-earlier',
  props: {
    // the machine as it would be added
    body: {type: Object, required: true},
    // the server's list
    seen: {type: Object, required: true}
  },
  emits: ['saved', 'cancel'],
  computed: {
    intro() {
      const {seen} = this
      const since = window.satmachine.times.local(seen.scan_from)
      const words = {since, n: seen.total}
      const key = seen.total ? 'intro' : 'none'
      return this.$t(`satmachineadmin.earlier.${key}`, words, seen.total)
    },
    paid() {
      return this.seen.data.filter(({becomes}) => becomes === 'pending').length
    }
  },
  methods: {
    amount(row) {
      const {fiat, msat} = window.satmachine.money
      const sats = msat(row.amount_msat)
      return row.fiat_amount === null
        ? sats
        : `${sats} · ${fiat(row.fiat_amount, row.currency)}`
    },
    direction(row) {
      const kind = row.is_lightning_inbound ? 'in' : 'out'
      return this.$t(`satmachineadmin.earlier.${kind}`)
    },
    why(row) {
      if (!row.reason) return ''
      const texts = row.becomes === 'ignored' ? 'earlier.ignored_for' : 'reason'
      return this.$t(`satmachineadmin.${texts}.${row.reason}`)
    },
    send() {
      const {confirmation, scan_from} = this.seen
      const {createMachine} = window.satmachine.adminApi
      return createMachine({...this.body, scan_from, confirmation})
    }
  }
}
