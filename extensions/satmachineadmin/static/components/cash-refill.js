// @ts-check
// So many notes were put into a cassette. Asked once more before it is written down, with what that means.
;(() => {
  const OTHER = ''

  window.satmachine.parts['cash-refill'] = {
    template: '#sm-cash-refill',
    props: {
      machine: {type: Object, required: true},
      position: {type: Object, required: true}
    },
    emits: ['saved', 'cancel'],
    data() {
      const cassettes = this.position.units.filter(
        ({unit}) => unit === 'cassette'
      )
      return {
        cassettes,
        chosen: cassettes[0]?.denomination ?? OTHER,
        typed: '',
        count: '',
        note: '',
        error: null
      }
    },
    computed: {
      denomination() {
        return this.chosen || this.typed
      },
      options() {
        const {note} = window.satmachine.cashUnits
        return [
          ...this.cassettes.map(({denomination}) => ({
            value: denomination,
            label: note(denomination, this.position.currency)
          })),
          {value: OTHER, label: this.words('another')}
        ]
      },
      known() {
        return this.cassettes.find(
          ({denomination}) => denomination === this.chosen
        )
      },
      hint() {
        if (!this.known) return this.words('begins')
        const {expected, capacity} = this.known
        const {sats} = window.satmachine.money
        return [
          expected === null
            ? this.words('uncounted')
            : this.words('now', {n: sats(expected)}),
          capacity === null ? '' : this.words('fits', {n: sats(capacity)})
        ]
          .filter(Boolean)
          .join(' · ')
      },
      wrong() {
        const {code, data} = this.error ?? {}
        if (['invalid_fiat', 'too_many_digits'].includes(code)) return 'denomination'
        return data?.field ?? null
      }
    },
    methods: {
      words(key, named = {}) {
        return this.$t(`satmachineadmin.cash_position.refill.${key}`, named)
      },
      given(value) {
        return !!value || this.$t('satmachineadmin.form.needed')
      },
      isCount(value) {
        const n = window.satmachine.cashUnits.whole(value)
        return !!n || this.words('whole')
      },
      at(field) {
        const wrong = this.wrong === field
        return {
          error: wrong || undefined,
          errorMessage: wrong ? this.error.data.problem || this.error.detail : ''
        }
      },
      async send() {
        const {ask, cashUnits, machineApi, money} = window.satmachine
        const {denomination, known, note} = this
        const count = cashUnits.whole(this.count)
        const named = {
          n: money.sats(count),
          note: cashUnits.note(denomination, this.position.currency),
          machine: this.machine.name,
          after: known?.expected == null ? '' : money.sats(known.expected + count)
        }
        const after = named.after ? 'sure_after' : 'sure'
        const sure = await ask(this.$q, {
          title: this.words('title'),
          message: this.words(after, named),
          yes: this.words('button'),
          no: this.$t('satmachine.cancel')
        })
        if (!sure) return null
        const body = {denomination, count, note}
        const position = await machineApi.countCash(
          this.machine.id,
          'refilled',
          body
        )
        this.$q.notify({
          type: 'positive',
          message: this.words('done', named)
        })
        return position
      }
    }
  }
})()
