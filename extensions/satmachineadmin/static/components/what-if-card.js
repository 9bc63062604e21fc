// @ts-check
// The newest sales under a draft: who would have got what, beside what everybody got.
;(() => {
  const COUNTS = [10, 50, 200]

  window.satmachine.parts['what-if-card'] = {
    template: '#sm-what-if-card',
    props: {
      machineId: {type: String, default: null},
      // the lines as they would be saved; null while they cannot be
      draft: {type: Array, default: null}
    },
    data: () => ({
      last: 50,
      found: null,
      asked: null,
      busy: false,
      error: null,
      counts: COUNTS
    }),
    computed: {
      // What is shown is of the draft of then.
      isOld() {
        return this.asked !== JSON.stringify(this.draft)
      },
      options() {
        return COUNTS.map(n => ({
          value: n,
          label: this.$t('satmachineadmin.commission.what_if.last', {n})
        }))
      },
      sum() {
        const {satsUnit} = window.satmachine.money
        const n = this.found.sales
        const sats = satsUnit(this.found.shared_sats)
        return this.$t('satmachineadmin.commission.what_if.sum', {n, sats}, n)
      },
      columns() {
        const {sats} = window.satmachine.money
        const amount = {align: 'right', classes: 'sm-num'}
        const column = (name, field, more = {}) => ({
          name,
          field,
          label: this.$t(`satmachineadmin.commission.what_if.column.${name}`),
          align: 'left',
          ...more
        })
        return [
          column('who', row => this.who(row)),
          column('would', row => sats(row.would_sats), amount),
          column('was', row => sats(this.was(row)), amount),
          column('difference', row => this.difference(row), amount)
        ]
      }
    },
    methods: {
      who(row) {
        if (row.target === null)
          return this.$t('satmachineadmin.commission.what_if.kept')
        return row.label || row.target
      },
      was(row) {
        return window.satmachine.money.sumSats([row.got_sats, row.open_sats])
      },
      open(row) {
        const {isZero, satsUnit} = window.satmachine.money
        if (row.target === null || isZero(row.open_sats)) return ''
        return this.$t('satmachineadmin.commission.what_if.open', {
          sats: satsUnit(row.open_sats)
        })
      },
      difference(row) {
        const {sats} = window.satmachine.money
        const text = sats(row.difference_sats)
        return row.difference_sats > 0 ? `+${text}` : text
      },
      async tryOut() {
        const asked = JSON.stringify(this.draft)
        const machine_id = this.machineId
        this.busy = true
        this.error = null
        try {
          this.found = await window.satmachine.adminApi.whatIf({
            ...(machine_id ? {machine_id} : {}),
            splits: this.draft,
            last: this.last
          })
          this.asked = asked
        } catch (error) {
          this.found = null
          this.error = error
        }
        this.busy = false
      }
    }
  }
})()
