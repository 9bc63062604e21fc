// @ts-check
// One line of a statement that the books have otherwise, in words.
;(() => {
  const CASH = ['opening', 'entered', 'turned', 'closing', 'amount', 'fiat_amount']
  const SATS = ['sats', 'received_sats']
  const MSAT = ['sent_msat', 'fee_msat', 'kept_msat', 'forwarded_msat', 'forward_fee_msat']
  const TIMES = ['at', 'since', 'until']
  // What the title says already, and what says nothing to an LP.
  const UNTOLD = ['line', 'machine', 'key', 'at', 'id', 'currency', 'payment_hash']

  window.satmachine.parts['statement-change'] = {
    template: '#sm-statement-change',
    props: {
      // what lib/statement.js makes of a change
      change: {type: Object, required: true},
      // the machines of the text, by their keys
      names: {type: Map, required: true}
    },
    computed: {
      title() {
        const {line} = this.change
        const key = `satmachineclient.statement.line.${line.line}`
        const kind = this.$te(key) ? this.$t(key) : line.line
        const machine = line.name ?? this.names.get(line.machine)
        const at = line.at && window.satmachine.times.local(line.at)
        return [kind, machine, at].filter(Boolean).join(' · ')
      },
      // A line that one side lacks is told whole, one that both have by what differs.
      fields() {
        const {kind, line, fields} = this.change
        if (kind === 'changed')
          return fields.map(({name, before, after}) => ({
            name,
            label: this.label(name),
            text: `${this.text(name, before)} → ${this.text(name, after)}`
          }))
        return Object.entries(line)
          .filter(([name]) => !UNTOLD.includes(name))
          .map(([name, value]) => ({
            name,
            label: this.label(name),
            text: this.text(name, value)
          }))
      }
    },
    methods: {
      label(name) {
        const key = `satmachineclient.statement.field.${name}`
        return this.$te(key) ? this.$t(key) : name
      },
      kind(value) {
        const key = `satmachineclient.${this.change.line.line}.kind.${value}`
        return this.$te(key) ? this.$t(key) : value
      },
      text(name, value) {
        const {fiat, msat, rate, satsUnit, UNKNOWN} = window.satmachine.money
        if (value === null || value === undefined) return UNKNOWN
        const {currency} = this.change.line
        const known = () => {
          if (CASH.includes(name)) return fiat(value, currency)
          if (SATS.includes(name)) return satsUnit(value)
          if (MSAT.includes(name)) return msat(value)
          if (TIMES.includes(name)) return window.satmachine.times.utc(value)
          if (name === 'rate') return rate(value, currency)
          if (name === 'kind') return this.kind(value)
          return UNKNOWN
        }
        const text = known()
        // What cannot be read as what it should be is shown as it is.
        return text === UNKNOWN ? String(value) : text
      }
    }
  }
})()
