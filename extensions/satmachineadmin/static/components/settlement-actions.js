// @ts-check
// What can be done to a sale and its legs now, as the server says; each opens a form that tells what
// will happen before it does.
window.satmachine.parts['settlement-actions'] = {
  template: '#sm-settlement-actions',
  props: {settlement: {type: Object, required: true}},
  emits: ['changed'],
  data: () => ({chosen: null}),
  computed: {
    actions() {
      const {actions = [], legs = [], refund} = this.settlement
      // While a customer may fetch sats, or is fetching them, nobody keeps them.
      const isOffered = ['open', 'claimed'].includes(refund?.state)
      // What is dismissed is offered beside what is adopted: sale-corrections.
      const ofSale = actions.filter(name => name !== 'dismiss')
      const possible = [
        ...ofSale.map(name => ({name, leg: null})),
        ...legs.flatMap(leg =>
          (leg.actions ?? []).map(name => ({name, leg}))
        )
      ].filter(({name}) => !(isOffered && name === 'keep'))
      return possible.map(action => ({
        ...action,
        key: `${action.name} ${action.leg?.id}`,
        label: this.$t(
          `satmachineadmin.revise.${action.name}.button`,
          this.words(action.leg)
        )
      }))
    },
    // What a form that only asks for a reason says and sends.
    reasoned() {
      const {name, leg} = this.chosen
      const {forceReset, releaseLeg, keepLeg} = window.satmachine.adminApi
      const send = {
        force_reset: reason => forceReset(this.settlement.id, {reason}),
        release_leg: reason => releaseLeg(leg.id, {reason}),
        keep: reason => keepLeg(leg.id, {reason})
      }[name]
      const text = part =>
        this.$t(`satmachineadmin.revise.${name}.${part}`, this.words(leg))
      return {
        title: text('title'),
        message: text('message'),
        label: text('button'),
        send
      }
    }
  },
  methods: {
    words(leg) {
      const {satsUnit} = window.satmachine.money
      const who = leg?.recipient || this.$t('satmachineadmin.leg.nobody')
      return {
        sats: satsUnit(leg ? leg.sats : this.settlement.wire_sats),
        who: leg?.leg_type === 'super_fee' ? this.platform() : who
      }
    },
    platform() {
      return this.$t('satmachineadmin.leg.platform')
    },
    done() {
      this.$q.notify({
        type: 'positive',
        message: this.$t(`satmachineadmin.revise.${this.chosen.name}.done`)
      })
      this.chosen = null
      this.$emit('changed')
    }
  }
}
