// @ts-check
// What the operator can correct about a sale as it stands: adopt, dismiss, price, sweep, correct.
;(() => {
  const SWEEPABLE = [
    'no_platform_wallet',
    'no_split_rules',
    'no_exchange_rate',
    'no_lp',
    'no_lp_balance',
    'uncovered'
  ]
  const RATE = {name: 'exchange_rate', type: 'decimal', needed: true}

  window.satmachine.parts['sale-corrections'] = {
    template: '#sm-sale-corrections',
    props: {settlement: {type: Object, required: true}},
    emits: ['changed'],
    data: () => ({open: null}),
    computed: {
      offers() {
        const {state, tx_type, exchange_rate, fiat_amount} = this.settlement
        const legs = this.settlement.legs ?? []
        const paid = ['processed', 'errored'].includes(state)
        const landed = !['rejected', 'dismissed'].includes(state)
        const kept = leg =>
          leg.state === 'skipped' && SWEEPABLE.includes(leg.reason)
        const toLp = leg => leg.leg_type === 'dca' && leg.state === 'completed'
        const unpriced = exchange_rate === null || fiat_amount === null
        return [
          state === 'rejected' && 'adopt',
          this.settlement.actions?.includes('dismiss') && 'dismiss',
          landed && tx_type === 'cash_out' && unpriced && 'supply_rate',
          paid && legs.some(kept) && 'sweep',
          state === 'processed' && legs.some(toLp) && 'correct'
        ].filter(Boolean)
      },
      dialog() {
        const {id, currency, payer, wire_sats} = this.settlement
        const api = window.satmachine.adminApi
        const rate = {...RATE, suffix: `sat/${currency}`}
        const fiat = {name: 'fiat_amount', type: 'decimal', suffix: currency}
        const remember = {name: 'remember_payer', type: 'toggle', value: false}
        const reason = {name: 'reason', type: 'text', needed: true}
        return {
          adopt: {
            fields: [
              {
                name: 'principal_sats',
                type: 'sats',
                suffix: 'sat',
                needed: true,
                value: String(wire_sats)
              },
              {
                name: 'fee_sats',
                type: 'sats',
                suffix: 'sat',
                needed: true,
                value: '0'
              },
              {...rate, needed: false},
              fiat
            ],
            preview: body => api.previewAdoption(id, body),
            figures: seen => this.adoption(seen),
            send: body => api.adopt(id, body)
          },
          dismiss: {
            fields: payer ? [reason, remember] : [reason],
            send: body => api.dismiss(id, body)
          },
          supply_rate: {
            fields: [rate, fiat],
            preview: body => api.previewRate(id, body),
            figures: seen => this.priced(seen),
            send: body => api.supplyRate(id, body)
          },
          sweep: {
            preview: () => api.previewSweep(id),
            figures: seen => window.satmachine.sweepLines(this.$t, seen),
            send: () => api.sweep(id, {})
          },
          correct: {
            fields: [rate, reason],
            preview: body =>
              api.previewCorrection(id, {exchange_rate: body.exchange_rate}),
            figures: seen => this.correction(seen),
            send: body => api.correct(id, body)
          }
        }[this.open]
      }
    },
    methods: {
      line(name, value) {
        const label = this.$t(`satmachineadmin.correction.figure.${name}`)
        return {label, value}
      },
      adoption(seen) {
        const {satsUnit} = window.satmachine.money
        const {direction} = window.satmachine.states
        return [
          this.line('direction', this.$t(direction(seen.tx_type).label)),
          this.line('principal', satsUnit(seen.principal_sats)),
          this.line('commission', satsUnit(seen.commission_sats)),
          this.line('platform_fee', satsUnit(seen.platform_fee_sats)),
          ...this.priced(seen).slice(1)
        ]
      },
      priced(seen) {
        const {satsUnit, fiat, rate} = window.satmachine.money
        return [
          this.line('principal', satsUnit(seen.principal_sats)),
          this.line('fiat', fiat(seen.fiat_amount, seen.currency)),
          this.line('rate', rate(seen.exchange_rate, seen.currency)),
          this.line('reference', rate(seen.reference_rate, seen.currency))
        ]
      },
      correction(seen) {
        const {fiat, isZero} = window.satmachine.money
        const amount = value => fiat(value, seen.currency)
        return seen.lps.map(lp => {
          const words = {
            lp: lp.username,
            drawn: amount(lp.drawn),
            right: amount(lp.right),
            short: amount(lp.short)
          }
          const kind = isZero(lp.short) ? 'enough' : 'short'
          return {
            label: this.$t(`satmachineadmin.correction.correct.${kind}`, words),
            value: amount(lp.change)
          }
        })
      }
    }
  }

  // Who would get what of the sats that were kept; also for the machine's list.
  window.satmachine.sweepLines = (t, seen) => {
    const {satsUnit, fiat} = window.satmachine.money
    return seen.legs.map(leg => {
      const who =
        leg.leg_type === 'super_fee'
          ? t('satmachineadmin.leg.platform')
          : leg.recipient || t('satmachineadmin.correction.sweep.stays')
      const drawn =
        leg.fiat_amount === null ? '' : fiat(leg.fiat_amount, seen.currency)
      return {
        label: [who, drawn].filter(Boolean).join(' · '),
        value: satsUnit(leg.sats)
      }
    })
  }
})()
