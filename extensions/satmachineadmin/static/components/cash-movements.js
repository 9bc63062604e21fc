// @ts-check
// What moved the notes of a machine, newest first: what people did, or customers' notes too.
window.satmachine.parts['cash-movements'] = {
  template: '#sm-cash-movements',
  props: {
    rows: {type: Array, required: true},
    currency: {type: String, required: true},
    // whether only what people did is listed
    modelValue: {type: Boolean, required: true}
  },
  emits: ['update:modelValue'],
  data: () => ({limit: 5}),
  computed: {
    choices() {
      return [true, false].map(value => ({
        value,
        label: this.words(value ? 'by_people' : 'all')
      }))
    },
    lines() {
      const {note, verdict} = window.satmachine.cashUnits
      return this.rows.slice(0, this.limit).map((row, index) => {
        const {count: n, kind, difference, unit} = row
        const named = {n, note: note(row.denomination, this.currency)}
        const found = verdict({expected: 0, reported: 0, difference})
        const counted = kind === 'emptied' && difference !== null
        return {
          key: `${index} ${row.at}`,
          at: row.at,
          what: this.words(
            kind === 'emptied' ? `emptied.${unit}` : kind,
            named
          ),
          difference: counted
            ? this.$t(`satmachineadmin.cash_position.counted.${found.name}`, {
                n: found.n
              })
            : '',
          look: counted ? found : null,
          note: row.note,
          by: row.by ?? this.words('machine')
        }
      })
    }
  },
  methods: {
    words(key, named = {}) {
      return this.$t(`satmachineadmin.cash_position.movement.${key}`, named)
    }
  }
}
