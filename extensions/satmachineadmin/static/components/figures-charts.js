// @ts-check
// What was sold day by day and machine by machine. Fiat of each currency has a chart of its own.
window.satmachine.parts['figures-charts'] = {
  template: '#sm-figures-charts',
  props: {found: {type: Object, required: true}},
  computed: {
    days() {
      const {daysBack, daysBetween} = window.satmachine.figures
      const {period, since, until} = this.found
      const first = period === 'today' ? daysBack(until, 7) : since
      return daysBetween(first, until)
    },
    currencies() {
      return window.satmachine.figures.currencies(this.found.days)
    },
    // A machine has one colour in all charts.
    machines() {
      const rows = [...this.found.machines, ...this.found.days]
      return [...new Set(rows.map(row => row.machine_id))]
    },
    isFleet() {
      return this.machines.length > 1
    },
    charts() {
      const {fiat, satsUnit} = window.satmachine.money
      const volumes = this.currencies.map(currency => ({
        name: 'volume',
        currency,
        of: row => row.amount,
        show: value => fiat(value, currency)
      }))
      const commission = {
        name: 'commission',
        currency: null,
        of: row => row.commission_sats,
        show: satsUnit
      }
      const kinds = [...volumes, commission]
      const byDay = kinds.map(kind => this.byDay(kind))
      if (!this.isFleet || !this.found.machines.length) return byDay
      const byMachine = kinds.map(kind => this.byMachine(kind))
      return [...byDay, ...byMachine.filter(chart => chart.labels.length > 1)]
    }
  },
  methods: {
    machineName(id) {
      if (id === null) return this.$t('satmachineadmin.figures.others')
      return this.found.names[id] ?? '…'
    },
    title({name, currency}, by) {
      const key = `satmachineadmin.figures.chart.${name}_by_${by}`
      return this.$t(key, {currency})
    },
    within({currency}, rows) {
      return currency ? rows.filter(row => row.currency === currency) : rows
    },
    byDay(kind) {
      const {series} = window.satmachine.figures
      const rows = this.within(kind, this.found.days)
      const stacks = series(rows, this.days, kind.of)
      return {
        key: `day ${kind.name} ${kind.currency}`,
        title: this.title(kind, 'day'),
        labels: this.days.map(day => window.satmachine.times.calendarDay(day)),
        series: stacks.map(({machine_id, values}) => ({
          label: this.machineName(machine_id),
          color: this.machines.indexOf(machine_id),
          values
        })),
        show: kind.show
      }
    },
    byMachine(kind) {
      const rows = this.within(kind, this.found.machines)
      const ids = [...new Set(rows.map(row => row.machine_id))]
      const of = id =>
        rows
          .filter(row => row.machine_id === id)
          .map(kind.of)
          .reduce((sum, value) => (sum === null ? value : sum + value), null)
      return {
        key: `machine ${kind.name} ${kind.currency}`,
        title: this.title(kind, 'machine'),
        labels: ids.map(id => this.machineName(id)),
        series: [
          {
            label: this.title(kind, 'machine'),
            color: ids.map(id => this.machines.indexOf(id)),
            values: ids.map(of)
          }
        ],
        sideways: true,
        show: kind.show
      }
    }
  }
}
