// @ts-check
// A statement for the eye and for paper: what each machine began and ended with, and every line between.
window.satmachine.parts['statement-sheet'] = {
  template: '#sm-statement-sheet',
  props: {statement: {type: Object, required: true}},
  computed: {
    sheet() {
      return window.satmachine.statement.sheet(this.statement.lines)
    },
    facts() {
      const {since, until} = this.statement
      const {lp, time_zone} = this.sheet.head ?? {}
      const fact = (name, text) => ({
        name,
        label: this.$t(`satmachineclient.statement.head.${name}`),
        text: text ?? window.satmachine.money.UNKNOWN
      })
      return [
        fact('lp', lp),
        fact('days', `${since} – ${until}`),
        fact('zone', time_zone)
      ]
    },
    machines() {
      const {fiat, msat, satsUnit} = window.satmachine.money
      const cash = name => row => fiat(row[name], row.currency)
      return this.table('machines', this.sheet.machines, [
        ['machine', row => row.name],
        ['opening', cash('opening')],
        ['entered', cash('entered')],
        ['turned', cash('turned')],
        ['closing', cash('closing')],
        ['received', row => satsUnit(row.received_sats)],
        ['forwarded', row => msat(row.forwarded_msat)],
        ['fee', row => msat(row.forward_fee_msat)]
      ])
    },
    cash() {
      const {fiat} = window.satmachine.money
      return this.table('cash', this.sheet.cash, [
        ['time', row => this.time(row)],
        ['machine', row => this.machineOf(row)],
        ['kind', row => this.$t(`satmachineclient.cash.kind.${row.kind}`)],
        ['cash_date', row => row.cash_date],
        ['amount', row => fiat(row.amount, row.currency)]
      ])
    },
    fills() {
      const {fiat, rate, satsUnit} = window.satmachine.money
      return this.table('fills', this.sheet.fills, [
        ['time', row => this.time(row)],
        ['machine', row => this.machineOf(row)],
        ['kind', row => this.$t(`satmachineclient.fill.kind.${row.kind}`)],
        ['cash', row => fiat(row.fiat_amount, row.currency)],
        ['sats', row => satsUnit(row.sats)],
        ['rate', row => rate(row.rate, row.currency)],
        ['payment', row => this.short(row.payment_hash)]
      ])
    },
    forwards() {
      const {msat} = window.satmachine.money
      return this.table('forwards', this.sheet.forwards, [
        ['time', row => this.time(row)],
        ['machine', row => this.machineOf(row)],
        ['sent', row => msat(row.sent_msat)],
        ['fee', row => msat(row.fee_msat)],
        ['kept', row => msat(row.kept_msat)],
        ['payment', row => this.short(row.payment_hash)]
      ])
    },
    tables() {
      return [this.machines, this.cash, this.fills, this.forwards]
    }
  },
  methods: {
    // What can be compared stands to the right: everything but words, names and times.
    table(name, rows, columns) {
      const left = ['time', 'machine', 'kind', 'cash_date', 'payment']
      return {
        name,
        title: this.$t(`satmachineclient.statement.table.${name}`),
        none: this.$t(`satmachineclient.statement.none_of.${name}`),
        columns: columns.map(([column]) => ({
          name: column,
          label: this.$t(`satmachineclient.statement.column.${column}`),
          isLeft: left.includes(column)
        })),
        rows: rows.map(row => columns.map(([, text]) => text(row)))
      }
    },
    time: row => window.satmachine.times.local(row.at),
    machineOf(row) {
      return this.sheet.nameOf(row.machine)
    },
    short: hash => (hash ? `${hash.slice(0, 8)}…` : '–')
  }
}
