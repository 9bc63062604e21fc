// @ts-check
// What waits for the operator, the most pressing first. Empty is good news and says so.
window.satmachine.parts['needs-card'] = {
  template: '#sm-needs-card',
  props: {status: {type: Object, required: true}},
  emits: ['open'],
  computed: {
    needs() {
      return [
        ...this.runnerNeeds(),
        ...this.matterNeeds(),
        ...this.stuckNeeds(),
        ...['errored', 'held', 'rejected'].flatMap(state =>
          this.settlementNeeds(state)
        ),
        ...this.settlementNeeds('test', {state: 'held', mark: 'test'}),
        ...this.machineNeeds(),
        ...this.predecessorNeeds(),
        ...this.payoutNeeds()
      ]
    }
  },
  methods: {
    runnerNeeds() {
      const {runner, runner_detail} = this.status
      if (runner === 'active') return []
      const {color, icon} = window.satmachine.states.look('runner', runner)
      const text = this.$t(`satmachineadmin.needs.runner.${runner}`)
      return [{name: 'runner', color, icon, text, detail: runner_detail}]
    },
    matterNeeds() {
      return this.status.matters.map(matter => ({
        name: `matter ${matter.kind} ${matter.subject_id}`,
        color: 'negative',
        icon: 'report',
        text: this.$t(`satmachineadmin.needs.matter.${matter.kind}`),
        detail: matter.detail,
        action: this.$t('satmachineadmin.needs.look'),
        query: {},
        ...window.satmachine.matters.decidedAt(matter)
      }))
    },
    stuckNeeds() {
      const count = this.status.totals.stuck
      if (!count) return []
      const n = window.satmachine.money.sats(count)
      return [
        {
          name: 'stuck',
          color: 'warning',
          icon: 'hourglass_bottom',
          text: this.$t('satmachineadmin.needs.stuck', {n}, count),
          action: this.$t('satmachineadmin.needs.look'),
          tab: 'worklist',
          query: {}
        }
      ]
    },
    settlementNeeds(state, query = {state}) {
      const count = this.status.totals[state]
      if (!count) return []
      const n = window.satmachine.money.sats(count)
      const kind = query.mark ? 'mark' : 'settlement'
      const {color, icon} = window.satmachine.states.look(kind, state)
      return [
        {
          name: state,
          color,
          icon,
          text: this.$t(`satmachineadmin.needs.${state}`, {n}, count),
          action: this.$t('satmachineadmin.needs.look'),
          tab: 'settlements',
          query
        }
      ]
    },
    machineNeeds() {
      if (this.status.totals.machines) return []
      return [
        {
          name: 'machines',
          color: 'warning',
          icon: 'point_of_sale',
          text: this.$t('satmachineadmin.needs.no_machine'),
          detail: this.$t('satmachineadmin.needs.no_machine_detail'),
          action: this.$t('satmachineadmin.machines.add'),
          tab: 'machines',
          query: {add: '1'}
        }
      ]
    },
    predecessorNeeds() {
      return this.status.predecessor.map(found => ({
        name: `predecessor ${found.where}`,
        color: 'warning',
        icon: 'inventory_2',
        text: this.$t('satmachineadmin.needs.predecessor', found.tables),
        detail: this.$t('satmachineadmin.needs.predecessor_detail', found)
      }))
    },
    payoutNeeds() {
      const {payout_way, payout_way_reason} = this.status
      if (payout_way !== 'slow') return []
      const {color, icon} = window.satmachine.states.look('payout_way', 'slow')
      return [
        {
          name: 'payout_way',
          color,
          icon,
          text: this.$t('satmachineadmin.needs.slow'),
          detail: payout_way_reason
        }
      ]
    }
  }
}
