// @ts-check
// One machine: what it holds and why, its LPs and their cash, its newest sales, how it is set up, and
// the ways to change all that.
window.satmachine.parts['machine-page'] = {
  template: '#sm-machine-page',
  props: {
    machineId: {type: String, required: true},
    // somebody came here to pair it
    pairs: {type: Boolean, default: false}
  },
  emits: ['close', 'open', 'changed', 'paired'],
  data: () => ({
    machine: null,
    error: null,
    loadedAt: null,
    editing: false,
    switching: null,
    switchError: null
  }),
  computed: {
    // What is switched, and by which words it is asked and told.
    switches() {
      const {maintenance, active} = this.machine
      return [
        {
          name: 'maintenance',
          icon: 'build',
          kind: maintenance ? 'end' : 'begin',
          change: {maintenance: !maintenance}
        },
        {
          name: 'activity',
          icon: 'power_settings_new',
          kind: active ? 'end' : 'begin',
          change: {active: !active}
        }
      ]
    },
    cash() {
      const {fiat, UNKNOWN} = window.satmachine.money
      const {cash} = this.machine
      if (!cash) return UNKNOWN
      return this.$t('satmachineadmin.machine.cash', {
        remaining: fiat(cash.remaining, cash.currency),
        pending: fiat(cash.pending, cash.currency),
        reserved: fiat(cash.reserved, cash.currency)
      })
    }
  },
  methods: {
    machineState: row => window.satmachine.states.machine(row),
    satsUnit: value => window.satmachine.money.satsUnit(value),
    words(entry, part) {
      return this.$t(
        `satmachineadmin.machine.${entry.name}.${entry.kind}_${part}`
      )
    },
    async turn(entry) {
      const sure = await window.satmachine.ask(this.$q, {
        title: this.words(entry, 'title'),
        message: this.words(entry, 'message'),
        yes: this.words(entry, 'label'),
        no: this.$t('satmachine.cancel')
      })
      if (!sure || this.switching) return
      this.switching = entry.name
      this.switchError = null
      try {
        const {updateMachine} = window.satmachine.adminApi
        this.saved(await updateMachine(this.machineId, entry.change))
      } catch (error) {
        this.switchError = error
      }
      this.switching = null
    },
    saved(machine) {
      this.machine = machine
      this.editing = false
      this.changed()
    },
    changed() {
      this.$refs.wallets?.load()
      this.$emit('changed')
    },
    async checked() {
      await this.live.refresh()
      this.changed()
    },
    async load() {
      try {
        this.machine = await window.satmachine.adminApi.machine(this.machineId)
        this.loadedAt = new Date().toISOString()
        this.error = null
      } catch (error) {
        this.error = error
      }
    }
  },
  created() {
    this.live = window.satmachine.live.every(15000, () => this.load())
  },
  unmounted() {
    this.live.stop()
  }
}
