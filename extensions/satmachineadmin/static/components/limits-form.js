// @ts-check
// Sets how much fiat the machine may move; an empty field is no limit. The server decides what is usable,
// and its answer is shown at the field.
;(() => {
  const DIRECTIONS = ['cash_out', 'cash_in']
  const NAMES = ['transaction', 'hour', 'day', 'hold_above']

  window.satmachine.parts['limits-form'] = {
    template: '#sm-limits-form',
    props: {machine: {type: Object, required: true}},
    emits: ['saved', 'cancel'],
    data() {
      const {limits} = this.machine
      const values = direction =>
        Object.fromEntries(
          NAMES.map(name => [name, limits[direction][name] ?? ''])
        )
      return {
        names: NAMES,
        form: Object.fromEntries(DIRECTIONS.map(one => [one, values(one)])),
        error: null
      }
    },
    computed: {
      directions() {
        const {direction} = window.satmachine.states
        return DIRECTIONS.map(name => {
          const {arrow, label} = direction(name)
          return {name, label: `${arrow} ${this.$t(label)}`}
        })
      },
      // `cash_out.hour`, as the server names it
      errorField() {
        const named = this.error?.data.field ?? ''
        const [direction, name] = named.split('.')
        return this.form[direction] && NAMES.includes(name) ? named : null
      }
    },
    methods: {
      field(direction, name) {
        const wrong = this.errorField === `${direction}.${name}`
        return {
          label: this.$t(`satmachineadmin.limits.name.${name}`),
          hint: this.$t(`satmachineadmin.limits.hint.${name}`),
          suffix: this.machine.currency,
          error: wrong || undefined,
          errorMessage: wrong ? this.error.data.problem || this.error.detail : ''
        }
      },
      send() {
        const {setLimits} = window.satmachine.machineApi
        const given = direction =>
          Object.fromEntries(
            NAMES.map(name => [name, this.form[direction][name] || null])
          )
        const body = Object.fromEntries(DIRECTIONS.map(one => [one, given(one)]))
        return setLimits(this.machine.id, body)
      }
    }
  }
})()
