// @ts-check
// The banknotes in a machine: what each cassette and the box should hold, what the machine says it holds,
// how long that lasts; and saying what was put in or taken out.
window.satmachine.parts['cash-position'] = {
  template: '#sm-cash-position',
  props: {machine: {type: Object, required: true}},
  data: () => ({
    position: null,
    error: null,
    loadedAt: null,
    refilling: false,
    counting: false,
    byPeople: true
  }),
  computed: {
    groups() {
      if (!this.position) return []
      return ['cassette', 'box']
        .map(kind => ({
          kind,
          lines: this.position.units
            .filter(({unit}) => unit === kind)
            .map(unit => this.line(unit))
        }))
        .filter(({lines}) => lines.length)
    },
    totals() {
      const {fiat} = window.satmachine.money
      const {currency, expected_total, reported_total} = this.position
      return {
        expected: fiat(expected_total, currency),
        reported: fiat(reported_total, currency)
      }
    },
    box() {
      const {box} = window.satmachine.cashUnits
      const found = box(this.position.units)
      if (!found) return ''
      const {count, capacity} = found
      if (capacity === null) return this.words('box.open', {count}, count)
      return [
        this.words('box.fits', {count, capacity}, count),
        this.boxFull(count >= capacity)
      ]
        .filter(Boolean)
        .join(' · ')
    },
    isTooEarly() {
      return this.position.units.every(({notes_a_day}) => notes_a_day === null)
    },
    own() {
      const {fiat, isZero} = window.satmachine.money
      const {operators_own, currency} = this.position
      if (isZero(operators_own)) return ''
      return this.words('own', {amount: fiat(operators_own, currency)})
    }
  },
  watch: {
    byPeople() {
      this.live.refresh()
    }
  },
  methods: {
    // `n` is how many, where the words depend on that
    words(key, named = {}, n = null) {
      const name = `satmachineadmin.cash_position.${key}`
      return n === null ? this.$t(name, named) : this.$t(name, named, n)
    },
    boxFull(isFull) {
      const {coming} = window.satmachine.cashUnits
      const {box_full_on, today} = this.position
      if (isFull) return this.words('full.now')
      if (!box_full_on) return ''
      const {name, day} = coming(box_full_on, today)
      return this.words(`full.${name}`, {day})
    },
    line(unit) {
      const {note, verdict, outlook} = window.satmachine.cashUnits
      const {sats} = window.satmachine.money
      const {name, n, color, icon} = verdict(unit)
      const lasts = outlook(unit, this.position.today)
      return {
        key: `${unit.unit} ${unit.denomination}`,
        note: note(unit.denomination, this.position.currency),
        expected: sats(unit.expected),
        reported: sats(unit.reported),
        color,
        icon,
        verdict: this.words(`verdict.${name}`, {n}, n),
        since: ['missing', 'more'].includes(name) ? this.since(unit) : '',
        outlook:
          unit.unit === 'cassette' && lasts.name !== 'unknown'
            ? ` · ${this.words(`outlook.${lasts.name}`, {day: lasts.day})}`
            : '',
        isPressing: ['empty', 'today', 'tomorrow'].includes(lasts.name)
      }
    },
    // Why the books expect that: what the count was, and what moved since.
    since({unit, since}) {
      const {at, count, refilled, dispensed, taken} = since
      const moved =
        unit === 'box'
          ? this.words('since.taken', {taken})
          : this.words('since.moved', {refilled, dispensed})
      const day = window.satmachine.times.local(at)
      return this.words('since.counted', {from: count, day, moved})
    },
    told(position) {
      this.refilling = false
      this.counting = false
      this.position = position
      this.live.refresh()
    },
    async load() {
      try {
        const {cashPosition} = window.satmachine.machineApi
        const by_people = this.byPeople || undefined
        this.position = await cashPosition(this.machine.id, {by_people})
        this.loadedAt = new Date().toISOString()
        this.error = null
      } catch (error) {
        this.error = error
      }
    }
  },
  created() {
    this.live = window.satmachine.live.every(15000, () => this.load())
  },
  unmounted() {
    this.live.stop()
  }
}
