// @ts-check
// What is handed to a customer: to read, and to print on A4 or on a narrow printer.
window.satmachine.parts['paper-slip'] = {
  template: '#sm-paper-slip',
  emits: ['close'],
  data: () => ({shown: true}),
  methods: {
    print: () => window.print()
  }
}
