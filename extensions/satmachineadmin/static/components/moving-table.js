// @ts-check
// A table of a move's report: on a phone each row is a card whose first cell is its title.
window.satmachine.parts['moving-table'] = {
  template: '#sm-moving-table',
  props: {
    title: {type: String, required: true},
    hint: {type: String, default: ''},
    // {name, label, isAmount?, isWide?}: a wide one is left out on a phone
    columns: {type: Array, required: true},
    // {key, cells and captions: text by column, outcome?, problem?}
    rows: {type: Array, required: true}
  },
  data: () => ({pagination: {page: 1, rowsPerPage: 25}}),
  computed: {
    // Beside the first, a column that says nothing of any row is left out.
    told() {
      const {UNKNOWN} = window.satmachine.money
      const tells = ({name}) => this.rows.some(({cells}) => cells[name] !== UNKNOWN)
      return this.columns.filter((column, place) => !place || tells(column))
    },
    shown() {
      return this.told.map(({name, label, isAmount}) => ({
        name,
        label,
        field: row => row.cells[name],
        align: isAmount ? 'right' : 'left',
        classes: isAmount ? 'sm-num' : 'sm-pre',
        style: isAmount ? '' : 'min-width: 100px'
      }))
    },
    // A phone shows few of them at once.
    perPage() {
      return this.$q.screen.lt.md ? 10 : 25
    },
    first() {
      return this.columns[0].name
    },
    rest() {
      return this.told
        .slice(1)
        .filter(({name, isWide}) => name !== 'outcome' && !isWide)
    }
  },
  watch: {
    perPage: {
      immediate: true,
      handler(rowsPerPage) {
        this.pagination = {page: 1, rowsPerPage}
      }
    }
  }
}
