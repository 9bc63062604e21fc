// @ts-check
// Where the sats of one sale went. Cash-out splits what arrived on the wire; cash-in splits the
// principal that the customer bought, of which the wire has left.
;(() => {
  const COMMISSION_LEGS = ['super_fee', 'operator_split']
  const LATER_LEGS = ['settlement', 'autoforward']

  window.satmachine.parts['settlement-tree'] = {
    template: '#sm-settlement-tree',
    props: {settlement: {type: Object, required: true}},
    computed: {
      legs() {
        return this.settlement.legs ?? []
      },
      later() {
        return this.legs.filter(leg => LATER_LEGS.includes(leg.leg_type))
      },
      root() {
        const sale = this.settlement
        const isCashIn = sale.tx_type === 'cash_in'
        return {
          label: this.$t(
            `satmachineadmin.tree.${isCashIn ? 'bought' : 'wire'}`
          ),
          sats: isCashIn ? sale.principal_sats : sale.wire_sats
        }
      },
      branches() {
        const sale = this.settlement
        const of = types => this.legs.filter(leg => types.includes(leg.leg_type))
        const others = [...COMMISSION_LEGS, ...LATER_LEGS]
        const principal = this.legs.filter(leg => !others.includes(leg.leg_type))
        const isCashIn = sale.tx_type === 'cash_in'
        return [
          isCashIn && this.branch('to_customer', sale.wire_sats, []),
          {
            ...this.branch('commission', sale.commission_sats, of(['super_fee'])),
            below: this.legs.length
              ? [
                  this.branch(
                    'operator',
                    sale.operator_fee_sats,
                    of(['operator_split'])
                  )
                ]
              : []
          },
          isCashIn
            ? principal.length && this.branch('kept', null, principal)
            : this.branch('principal', sale.principal_sats, principal)
        ].filter(Boolean)
      },
      // By which version of whose rules its commission was shared.
      rules() {
        const {split_version, split_is_override, machine_id} = this.settlement
        if (!split_version) return null
        const kind = split_is_override ? 'own' : 'default'
        const path = '/satmachineadmin/commission'
        return {
          text: this.$t(`satmachineadmin.tree.rules.${kind}`, {
            version: split_version
          }),
          to: split_is_override ? `${path}/${machine_id}` : path
        }
      },
      noLegs() {
        const planned = ['pending', 'held', 'rejected', 'dismissed']
        const known = planned.includes(this.settlement.state)
        const state = known ? this.settlement.state : 'pending'
        return this.$t(`satmachineadmin.tree.no_legs.${state}`)
      },
      notes() {
        const {isZero, msat, satsUnit, UNKNOWN} = window.satmachine.money
        const sale = this.settlement
        const note = (name, value, format) =>
          !isZero(value) && format(value) !== UNKNOWN
            ? this.$t(`satmachineadmin.tree.${name}`, {sats: format(value)})
            : ''
        return [
          note('retained', sale.retained_sats, satsUnit),
          note('host_fee', sale.host_fee_msat, msat),
          this.difference(sale)
        ].filter(Boolean)
      }
    },
    methods: {
      satsUnit: value => window.satmachine.money.satsUnit(value),
      difference(sale) {
        const {isZero, satsUnit, sumSats} = window.satmachine.money
        const {commission_sats, commission_difference_sats: by} = sale
        if (by === null || isZero(by)) return ''
        // What was charged is not the commission any more once only a part of the notes came out.
        const landed = sumSats([sale.principal_sats, commission_sats])
        const isScaled =
          sale.tx_type === 'cash_out' && landed !== String(sale.wire_sats)
        const kind = by > 0 ? 'charged_more' : 'charged_less'
        return this.$t(`satmachineadmin.tree.${kind}${isScaled ? '_in_all' : ''}`, {
          by: satsUnit(by > 0 ? by : -by),
          charged: satsUnit(commission_sats),
          expected: satsUnit(sumSats([commission_sats, -by]))
        })
      },
      // By which rule a sum was shared, where one was.
      how(name) {
        const isShared = ['operator', 'principal'].includes(name)
        return isShared ? this.$t(`satmachineadmin.tree.how.${name}`) : ''
      },
      branch(name, sats, legs) {
        return {
          name,
          legs,
          below: [],
          label: this.$t(`satmachineadmin.tree.${name}`),
          how: legs.length ? this.how(name) : '',
          amount: name === 'kept' ? '' : this.satsUnit(sats)
        }
      }
    }
  }
})()
