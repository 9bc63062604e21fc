// @ts-check
// What a move takes over, or has taken over: the answer, what needs a hand, then everything.
;(() => {
  const UNKNOWN = '–'
  // What a phone does without.
  const WIDE = ['currency', 'unrecorded', 'deposited', 'drawn']

  window.satmachine.parts['moving-report'] = {
    template: '#sm-moving-report',
    props: {
      report: {type: Object, required: true},
      // it was done; else it is what would be
      isMoved: {type: Boolean, default: false}
    },
    computed: {
      hands() {
        return window.satmachine.moving.hands(this.report)
      },
      handCount() {
        return window.satmachine.moving.countOf(this.hands)
      },
      headline() {
        const kind = this.isMoved ? 'moved' : this.report.is_empty ? 'empty' : 'new'
        return this.t(`answer.${kind}`, {what: this.what, where: this.report.where})
      },
      what() {
        const said = window.satmachine.moving
          .counted(this.report)
          .map(({name, n}) => this.t(`count.${name}`, {n}, n))
        return said.join(', ')
      },
      balances() {
        const {all, same, rounded, overdrawn} = window.satmachine.moving.balances(this.report)
        if (!all) return ''
        if (same === all) return this.t('balances.all', {n: all}, all)
        const parts = [this.t('balances.same', {n: same, all})]
        if (rounded) parts.push(this.t('balances.rounded', {n: rounded}, rounded))
        if (overdrawn) parts.push(this.t('balances.overdrawn', {n: overdrawn}, overdrawn))
        return parts.join(' ')
      },
      platformFee() {
        const {platform_fee} = this.report
        return platform_fee ? this.t('platform_fee', {fee: platform_fee}) : ''
      },
      tables() {
        const tables = ['machines', 'lps', 'splits', 'preferences', 'roundings']
        return tables
          .map(name => ({
            name,
            title: this.t(`table.${name}`, {n: this.report[name].length}),
            hint: this.hint(name),
            columns: this.columnsOf[name],
            rows: this.report[name].map((row, key) => ({key, ...this[name](row)}))
          }))
          .filter(({rows}) => rows.length)
      },
      columnsOf() {
        const columns = (names, amounts = []) =>
          names.map(name => ({
            name,
            label: this.t(`column.${name}`),
            isAmount: amounts.includes(name),
            isWide: WIDE.includes(name)
          }))
        const fees = ['cash_out_fee', 'cash_in_fee', 'unrecorded']
        const cash = ['deposited', 'drawn', 'before', 'after', 'received']
        return {
          machines: columns(['machine', 'outcome', 'operator', 'currency', ...fees], fees),
          lps: columns(['lp', 'outcome', ...cash], cash),
          splits: columns(['split', 'outcome', 'shares']),
          preferences: columns(['lp', 'outcome', 'mode', 'forwards']),
          roundings: columns(['what', 'row', 'exact', 'rounded'], ['exact', 'rounded'])
        }
      }
    },
    methods: {
      t(key, words = {}, count = undefined) {
        const path = `satmachineadmin.moving.${key}`
        return count === undefined ? this.$t(path, words) : this.$t(path, words, count)
      },
      hint(name) {
        const isCashless = name === 'lps' && !this.balances
        const known = this.$te(`satmachineadmin.moving.hint.${name}`, 'en')
        return known && !isCashless ? this.t(`hint.${name}`) : ''
      },
      machines(one) {
        const {percent, sats, satsUnit} = window.satmachine.money
        const {unrecorded_payments: n} = one
        const words = {n: sats(n), sats: satsUnit(one.unrecorded_sats)}
        return {
          outcome: one.outcome,
          problem: one.problem,
          cells: {
            machine: one.name,
            operator: one.operator ?? UNKNOWN,
            currency: one.currency,
            cash_out_fee: percent(one.cash_out_fee_pct),
            cash_in_fee: percent(one.cash_in_fee_pct),
            unrecorded: n ? this.t('unrecorded', words) : '0'
          }
        }
      },
      lps(lp) {
        const {fiat, minorDigits, satsUnit} = window.satmachine.money
        const {earlier, moving} = window.satmachine
        const {exact} = moving
        const digits = minorDigits(lp.currency)
        const nearest = amount =>
          fiat(earlier.nearest(amount?.replace('…', '') ?? null, digits), lp.currency)
        const rows = lp.rows > 1 ? this.t('merged', {n: lp.rows}, lp.rows) : ''
        const caption = [lp.machine_name ?? UNKNOWN, this.status(lp), rows]
        return {
          outcome: lp.outcome,
          problem: [lp.problem, lp.cash_problem].filter(Boolean).join('\n'),
          captions: {
            lp: caption.filter(Boolean).join(' · '),
            after: this.rounding(lp)
          },
          cells: {
            lp: lp.name ?? UNKNOWN,
            deposited: nearest(lp.deposited),
            drawn: nearest(lp.drawn),
            before: exact(fiat, lp.exact_balance, lp.currency),
            after: fiat(lp.balance, lp.currency),
            received: satsUnit(lp.received_sats)
          }
        }
      },
      status({status}) {
        const {known, label} = window.satmachine.states.look('enrolment', status)
        return known ? this.$t(label) : status
      },
      // What it was rounded by, where it was.
      rounding(lp) {
        const {balanceOf, difference} = window.satmachine.moving
        const kind = balanceOf(lp)
        if (kind === 'overdrawn') return this.t('was_overdrawn')
        if (kind !== 'rounded') return ''
        const {text, sign, isCut} = difference(lp.exact_balance, lp.balance)
        const amount = window.satmachine.money.fiat(text, lp.currency)
        return `${isCut ? '≈ ' : ''}${sign < 0 ? '−' : '+'}${amount}`
      },
      preferences(one) {
        const mode = this.$te(`satmachineadmin.moving.mode.${one.mode}`, 'en')
        return {
          outcome: one.outcome,
          problem: one.problem,
          cells: {
            lp: one.name ?? UNKNOWN,
            mode: mode ? this.t(`mode.${one.mode}`) : one.mode,
            forwards: this.t(`forwards.${one.forwards ? 'yes' : 'no'}`)
          }
        }
      },
      splits(one) {
        const {percent} = window.satmachine.money
        const words = {operator: one.operator ?? UNKNOWN, machine: one.machine_name}
        const share = ({label, share_pct}) => `${label || UNKNOWN} ${percent(share_pct)}`
        return {
          outcome: one.outcome,
          problem: one.problem,
          cells: {
            split: this.t(one.machine_name ? 'split.machine' : 'split.default', words),
            shares: one.shares.map(share).join('\n')
          }
        }
      },
      roundings(one) {
        const what = this.$te(`satmachineadmin.moving.what.${one.what}`, 'en')
        return {
          cells: {
            what: what ? this.t(`what.${one.what}`) : one.what,
            row: `${one.table} ${one.row_id}`,
            exact: one.exact,
            rounded: one.rounded
          }
        }
      }
    }
  }
})()
