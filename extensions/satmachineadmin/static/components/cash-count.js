// @ts-check
// All notes of a cassette, or of the box, were taken out and counted. What differs from the books is shown
// before it is written down; the box is counted one denomination after the other, each an act of its own.
;(() => {
  const BOX = 'box'

  window.satmachine.parts['cash-count'] = {
    template: '#sm-cash-count',
    props: {
      machine: {type: Object, required: true},
      position: {type: Object, required: true}
    },
    emits: ['saved', 'cancel'],
    data() {
      const row = (unit, isKnown) => ({
        ...unit,
        isKnown,
        counted: '',
        isDone: false
      })
      const rows = this.position.units.map(unit => row(unit, true))
      const first = rows.find(({unit}) => unit === 'cassette')
      return {
        rows,
        found: {unit: BOX, denomination: '', expected: 0, counted: '', isDone: false},
        chosen: first?.denomination ?? BOX,
        note: '',
        error: null
      }
    },
    computed: {
      options() {
        const {note} = window.satmachine.cashUnits
        const cassettes = this.rows
          .filter(({unit}) => unit === 'cassette')
          .map(({denomination}) => ({
            value: denomination,
            label: this.words('cassette', {
              note: note(denomination, this.position.currency)
            })
          }))
        return [...cassettes, {value: BOX, label: this.words('box')}]
      },
      isBox() {
        return this.chosen === BOX
      },
      shown() {
        return this.rows.filter(({unit, denomination}) =>
          this.isBox
            ? unit === BOX
            : unit === 'cassette' && denomination === this.chosen
        )
      },
      // what is written down: every denomination that is shown, and one that nobody knew of
      counts() {
        const more = this.isBox && this.found.denomination ? [this.found] : []
        return [...this.shown, ...more].filter(({isDone}) => !isDone)
      },
      ready() {
        return this.counts.length > 0
      }
    },
    methods: {
      words(key, named = {}) {
        return this.$t(`satmachineadmin.cash_position.count.${key}`, named)
      },
      label({denomination}) {
        const {note} = window.satmachine.cashUnits
        return this.words('counted', {
          note: note(denomination, this.position.currency)
        })
      },
      hint({expected}) {
        if (expected === null) return this.words('uncounted')
        const {sats} = window.satmachine.money
        return this.words('expected', {n: sats(expected)})
      },
      isCount(value) {
        return (
          window.satmachine.cashUnits.whole(value) !== null || this.words('whole')
        )
      },
      // e.g. "50 EUR: 38, 2 missing"
      summary({denomination, expected, counted}) {
        const {note, verdict, whole} = window.satmachine.cashUnits
        const n = whole(counted)
        const difference = expected === null ? null : n - expected
        const found = verdict({expected, reported: n, difference})
        return [
          `${note(denomination, this.position.currency)}: ${counted}`,
          this.$t(`satmachineadmin.cash_position.counted.${found.name}`, {
            n: found.n
          })
        ].join(', ')
      },
      async send() {
        const {ask, machineApi, cashUnits} = window.satmachine
        const sure = await ask(this.$q, {
          title: this.words('title'),
          message: [
            this.words('sure', {machine: this.machine.name}),
            ...this.counts.map(row => this.summary(row))
          ].join('\n'),
          yes: this.words('button'),
          no: this.$t('satmachine.cancel')
        })
        if (!sure) return null
        let position = null
        for (const row of this.counts) {
          position = await machineApi.countCash(this.machine.id, 'emptied', {
            unit: row.unit,
            denomination: row.denomination,
            counted: cashUnits.whole(row.counted),
            note: this.note
          })
          row.isDone = true
        }
        this.$q.notify({type: 'positive', message: this.words('done')})
        return position
      }
    }
  }
})()
