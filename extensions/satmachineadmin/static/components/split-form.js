// @ts-check
// The lines of a split, with their sum as it is typed, and what an example comes to. A whole set is
// saved at once; `draft` tells what it would be, or null while it cannot be one.
;(() => {
  // The sale of the example, in sats.
  const EXAMPLE = {principal_sats: 100000, commission_sats: 5000}
  const MOST_LINES = 50
  const LINE = /^splits\.(\d+)\.?(\w+)?/

  window.satmachine.parts['split-form'] = {
    template: '#sm-split-form',
    props: {
      machineId: {type: String, default: null},
      machineName: {type: String, default: ''},
      version: {type: Number, required: true},
      // the lines belong to this very set; else they are the default's, to begin with
      isOwn: {type: Boolean, required: true},
      lines: {type: Array, required: true}
    },
    emits: ['draft', 'saved'],
    data: () => ({rows: [], example: null, error: null, made: 0}),
    computed: {
      sum() {
        return window.satmachine.percent.sum(
          this.rows.map(row => row.share_pct)
        )
      },
      isWhole() {
        return this.sum === '100'
      },
      isFull() {
        return this.rows.length >= MOST_LINES
      },
      left() {
        const {percent} = window.satmachine.money
        const rest = window.satmachine.percent.rest(this.sum)
        if (!rest) return this.$t('satmachineadmin.commission.sum.unknown')
        const words = {sum: percent(this.sum), rest: percent(rest.by)}
        return this.$t(`satmachineadmin.commission.sum.${rest.kind}`, words)
      },
      splits() {
        return this.rows.map(({target, label, share_pct}) => ({
          target,
          label,
          share_pct
        }))
      },
      ready() {
        return this.isWhole && this.rows.every(row => row.target)
      },
      draft() {
        return this.ready ? this.splits : null
      },
      changed() {
        const plain = lines =>
          JSON.stringify(
            lines.map(({target, label, share_pct}) => [
              target,
              label,
              share_pct
            ])
          )
        return !this.isOwn || plain(this.rows) !== plain(this.lines)
      },
      exampleText() {
        const {satsUnit} = window.satmachine.money
        return this.$t('satmachineadmin.commission.example', {
          principal: satsUnit(EXAMPLE.principal_sats),
          commission: satsUnit(EXAMPLE.commission_sats),
          platform: satsUnit(this.example.platform_fee_sats),
          operator: satsUnit(this.example.operator_fee_sats)
        })
      },
      wrong() {
        const found = LINE.exec(this.error?.data.field ?? '')
        if (found) {
          const [, index, name = 'target'] = found
          const problem = this.error.data.problem
          return {index: Number.parseInt(index, 10), name, problem}
        }
        return null
      }
    },
    methods: {
      take(lines) {
        this.rows = lines.map(line => this.row(line))
        if (!this.rows.length) this.rows = [this.row({share_pct: '100'})]
        this.error = null
      },
      row({target = '', label = '', share_pct = ''}) {
        this.made += 1
        return {key: this.made, target, label, share_pct}
      },
      add() {
        const rest = window.satmachine.percent.rest(this.sum)
        const share_pct = rest?.kind === 'short' ? rest.by : ''
        this.rows.push(this.row({share_pct}))
      },
      remove(index) {
        this.rows.splice(index, 1)
      },
      change(index, change) {
        this.rows[index] = {...this.rows[index], ...change}
      },
      exampleOf(index) {
        const sats = this.example?.shares_sats[index]
        return sats === undefined
          ? ''
          : window.satmachine.money.satsUnit(sats)
      },
      problemOf(index) {
        return this.wrong?.index === index ? this.wrong : null
      },
      // Asked of the server, which splits as it would split a sale; an old answer is no news.
      async loadExample() {
        const asked = this.rows.map(row => row.share_pct)
        try {
          const body = {...EXAMPLE, shares_pct: asked}
          const found = this.isWhole
            ? await window.satmachine.adminApi.shareExample(body)
            : null
          const now = this.rows.map(row => row.share_pct)
          if (now.join() === asked.join()) this.example = found
        } catch {
          this.example = null
        }
      },
      async send() {
        const {adminApi, ask, money} = window.satmachine
        const lines = this.rows.map(
          row => `${money.percent(row.share_pct)} ${row.label || row.target}`
        )
        const scope = this.machineId ? 'machine' : 'default'
        const sure = await ask(this.$q, {
          title: this.$t('satmachineadmin.commission.save.title'),
          message: [
            this.$t(`satmachineadmin.commission.save.${scope}`, {
              machine: this.machineName
            }),
            ...lines
          ].join('\n'),
          yes: this.$t('satmachineadmin.form.save'),
          no: this.$t('satmachine.cancel')
        })
        if (!sure) return
        const {machineId: machine_id, splits} = this
        const set = await adminApi.saveSplit({
          ...(machine_id ? {machine_id} : {}),
          splits
        })
        this.$emit('saved', set)
        const {version} = set
        const message = this.$t('satmachineadmin.commission.saved', {version})
        this.$q.notify({type: 'positive', message})
      }
    },
    watch: {
      lines: {
        handler(lines) {
          this.take(lines)
        },
        immediate: true
      },
      draft: {
        handler(now) {
          this.$emit('draft', now)
          this.loadExample()
        },
        immediate: true
      }
    }
  }
})()
