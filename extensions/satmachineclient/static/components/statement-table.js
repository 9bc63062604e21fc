// @ts-check
// One table of a statement: on a narrow screen a card a row, on paper always a table.
window.satmachine.parts['statement-table'] = {
  template: '#sm-statement-table',
  // {title, none, columns: [{name, label, isLeft}], rows: [[text, …]]}
  props: {table: {type: Object, required: true}}
}
