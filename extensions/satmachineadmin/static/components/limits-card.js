// @ts-check
// How much the machine may move, and what of it is left now.
;(() => {
  const DIRECTIONS = ['cash_out', 'cash_in']
  const NAMES = ['transaction', 'hour', 'day', 'hold_above']

  window.satmachine.parts['limits-card'] = {
    template: '#sm-limits-card',
    props: {machine: {type: Object, required: true}},
    emits: ['saved'],
    data: () => ({editing: false}),
    computed: {
      directions() {
        const {direction} = window.satmachine.states
        return DIRECTIONS.map(name => {
          const {arrow, label} = direction(name)
          return {name, label: `${arrow} ${this.$t(label)}`, lines: this.lines(name)}
        })
      },
      hasNone() {
        const {limits} = this.machine
        return DIRECTIONS.every(direction =>
          NAMES.every(name => limits[direction][name] === null)
        )
      },
      isWarned() {
        return this.hasNone && !!this.machine.key.npub
      }
    },
    methods: {
      none(name) {
        const kind = name === 'hold_above' ? 'hold' : 'limit'
        return this.$t(`satmachineadmin.limits.none.${kind}`)
      },
      lines(direction) {
        const {limits, left, currency} = this.machine
        const {fiat} = window.satmachine.money
        return NAMES.map(name => {
          const limit = limits[direction][name]
          const isUsedUp = ['hour', 'day'].includes(name) && limit !== null
          const rest = isUsedUp ? (left?.[direction][name] ?? null) : null
          return {
            name,
            label: this.$t(`satmachineadmin.limits.name.${name}`),
            text: limit === null ? this.none(name) : fiat(limit, currency),
            left:
              rest === null
                ? ''
                : this.$t('satmachineadmin.limits.left', {amount: fiat(rest, currency)})
          }
        })
      },
      saved(machine) {
        this.editing = false
        this.$emit('saved', machine)
      }
    }
  }
})()
