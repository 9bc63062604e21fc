// @ts-check
// The operators on this LNbits, in sums: what each sold lately, and whether it may begin anything.
;(() => {
  const ROWS = 25
  const DAYS = [7, 30, 365]
  const STANDINGS = ['asked', 'approved', 'withdrawn']

  window.satmachine.parts['operators-card'] = {
    template: '#sm-operators-card',
    data: () => ({
      rows: null,
      total: 0,
      page: 1,
      search: '',
      standing: null,
      days: 30,
      error: null,
      actError: null,
      acting: null,
      dialog: null
    }),
    computed: {
      pagination() {
        return {page: this.page, rowsPerPage: ROWS, rowsNumber: this.total}
      },
      standings() {
        return STANDINGS.map(value => ({
          value,
          label: this.$t(`satmachine.state.standing.${value}`)
        }))
      },
      periods() {
        return DAYS.map(value => ({
          value,
          label: this.$t('satmachineadmin.operators.last', {n: value})
        }))
      },
      columns() {
        const {sats} = window.satmachine.money
        const column = (name, field, more = {}) => ({
          name,
          field,
          label: this.$t(`satmachineadmin.operators.column.${name}`),
          align: 'left',
          ...more
        })
        const amount = {align: 'right', classes: 'sm-num'}
        return [
          column('name', 'name'),
          column('standing', 'standing'),
          column('machines', row => this.machines(row), amount),
          column('sales', row => sats(row.sales), amount),
          column('wire', row => sats(row.wire_sats), amount),
          column('commission', row => sats(row.commission_sats), amount),
          column('platform', row => sats(row.platform_fee_sats), amount),
          column('last_sale_at', 'last_sale_at'),
          column('act', 'id', {align: 'right'})
        ]
      }
    },
    methods: {
      satsUnit: value => window.satmachine.money.satsUnit(value),
      machines: row => `${row.machines_active}/${row.machines}`,
      next: row => (row.standing === 'approved' ? 'withdraw' : 'approve'),
      turn(page) {
        this.page = page
        this.load()
      },
      first() {
        this.turn(1)
      },
      start(row) {
        if (this.next(row) === 'withdraw') this.dialog = {kind: 'withdraw', row}
        else this.approve(row)
      },
      async approve(row) {
        const sure = await window.satmachine.ask(this.$q, {
          title: this.$t('satmachineadmin.operators.approve.title', row),
          message: this.$t('satmachineadmin.operators.approve.message'),
          yes: this.$t('satmachineadmin.operators.approve.label'),
          no: this.$t('satmachine.cancel')
        })
        if (!sure || this.acting) return
        this.acting = row.id
        this.actError = null
        try {
          await window.satmachine.adminApi.approveOperator(row.id)
        } catch (error) {
          this.actError = error
        }
        this.acting = null
        await this.load()
      },
      send(text) {
        const {addOperator, withdrawOperator} = window.satmachine.adminApi
        const {kind, row} = this.dialog
        return kind === 'withdraw'
          ? withdrawOperator(row.id, text)
          : addOperator(text)
      },
      done() {
        this.dialog = null
        this.load()
      },
      async load() {
        try {
          const found = await window.satmachine.adminApi.operators({
            limit: ROWS,
            offset: (this.page - 1) * ROWS,
            search: this.search,
            standing: this.standing,
            days: this.days
          })
          this.rows = found.data
          this.total = found.total
          this.error = null
        } catch (error) {
          this.error = error
        }
      }
    },
    created() {
      this.load()
    }
  }
})()
