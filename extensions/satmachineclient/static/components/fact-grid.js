// @ts-check
// Figures side by side, each below its name; as many in a row as there is room for.
window.satmachine.parts['fact-grid'] = {
  template: '#sm-fact-grid',
  // [{name, label, text, hint?}]
  props: {facts: {type: Array, required: true}}
}
