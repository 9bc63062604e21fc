// @ts-check
// What becomes of each row of the files: what is wrong first, then as they stand in the files.
;(() => {
  const LOOKS = {
    wrong: {icon: 'error', color: 'negative'},
    add: {icon: 'add_circle', color: 'positive'},
    same: {icon: 'check', color: 'grey'}
  }
  const SHOWN = 50

  window.satmachine.parts['import-rows'] = {
    template: '#sm-import-rows',
    props: {rows: {type: Array, required: true}},
    data: () => ({only: null, shown: SHOWN}),
    computed: {
      outcomes() {
        return Object.keys(LOOKS)
          .map(value => ({value, n: this.count(value)}))
          .filter(({n}) => n)
          .map(({value, n}) => ({
            value,
            label: this.$t(`satmachineadmin.import.only.${value}`, {n})
          }))
      },
      wanted() {
        const wrongFirst = row => (row.outcome === 'wrong' ? 0 : 1)
        return this.rows
          .filter(row => !this.only || row.outcome === this.only)
          .sort((one, other) => wrongFirst(one) - wrongFirst(other))
      }
    },
    watch: {
      rows() {
        this.only = null
        this.shown = SHOWN
      }
    },
    methods: {
      look: row => LOOKS[row.outcome],
      count(outcome) {
        return this.rows.filter(row => row.outcome === outcome).length
      },
      place(row) {
        const {file, line, column} = row
        const key = column ? 'place_column' : 'place'
        return this.$t(`satmachineadmin.import.${key}`, {file, line, column})
      },
      sentence(row) {
        if (row.outcome === 'wrong') return row.sentence
        const {kind, words} = row
        const key = `satmachineadmin.import.row.${kind}`
        if (row.outcome === 'same') return this.$t(`${key}.same`, words)
        const isDefault = kind === 'splits' && !words.machine
        const how = row.waits_for_lp ? 'waits' : isDefault ? 'default' : 'add'
        const amount = words.amount
          ? window.satmachine.money.fiat(words.amount, words.currency)
          : ''
        return this.$t(`${key}.${how}`, {...words, amount})
      },
      more() {
        this.shown += 10 * SHOWN
      }
    }
  }
})()
