// @ts-check
// Only a part of the notes came out: says how much, shows the figures before and after, asks why.
// The server computes; nothing is reckoned here.
;(() => {
  const FIGURES = [
    'principal_sats',
    'commission_sats',
    'platform_fee_sats',
    'operator_fee_sats'
  ]
  // The figures follow what is typed, but not every letter of it.
  const PAUSE_MS = 300

  window.satmachine.parts['dispense-form'] = {
    template: '#sm-dispense-form',
    props: {settlement: {type: Object, required: true}},
    emits: ['done', 'cancel'],
    data: () => ({
      by: 'fraction',
      amount: '',
      notes: '',
      preview: null,
      error: null
    }),
    computed: {
      ways() {
        return ['fraction', 'sats'].map(value => ({
          value,
          label: this.$t(`satmachineadmin.revise.partial_dispense.by.${value}`)
        }))
      },
      // A number that is none is left to the server to refuse.
      part() {
        if (this.by === 'fraction') return {dispensed_fraction: this.amount}
        const whole = /^\d{1,15}$/.test(this.amount)
        return {dispensed_sats: whole ? +this.amount : this.amount}
      },
      rows() {
        const {satsUnit, fiat} = window.satmachine.money
        const {before, after, currency} = this.preview
        const figure = (name, format) => ({
          name,
          label: this.$t(`satmachineadmin.revise.partial_dispense.${name}`),
          before: format(before[name]),
          after: format(after[name])
        })
        return [
          ...FIGURES.map(name => figure(name, satsUnit)),
          figure('fiat_amount', amount => fiat(amount, currency))
        ]
      },
      owed() {
        const sats = window.satmachine.money.satsUnit(
          this.preview.undispensed_sats
        )
        return this.$t('satmachineadmin.revise.partial_dispense.message', {
          sats
        })
      }
    },
    watch: {
      part() {
        this.preview = null
        this.error = null
        clearTimeout(this.timer)
        if (this.amount) this.timer = setTimeout(this.load, PAUSE_MS)
      }
    },
    methods: {
      given(value) {
        return !!value || this.$t('satmachineadmin.form.needed')
      },
      async load() {
        const asked = this.part
        try {
          const {previewDispense} = window.satmachine.adminApi
          const preview = await previewDispense(this.settlement.id, asked)
          if (asked === this.part) this.preview = preview
        } catch (error) {
          if (asked === this.part) this.error = error
        }
      },
      send() {
        const body = {...this.part, notes: this.notes}
        return window.satmachine.adminApi.dispense(this.settlement.id, body)
      }
    },
    unmounted() {
      clearTimeout(this.timer)
    }
  }
})()
