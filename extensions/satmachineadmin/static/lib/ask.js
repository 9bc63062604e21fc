// @ts-check
// Asks once before something that cannot be taken back. Enter alone says no, and whoever presses the
// button twice is asked once.
;(() => {
  let isAsking = false

  /**
   * @param {any} $q Quasar
   * @param {{title: string, message: string, yes: string, no: string}} words
   * @returns {Promise<boolean>}
   */
  async function ask($q, {title, message, yes, no}) {
    if (isAsking) return false
    isAsking = true
    try {
      return await new Promise(resolve => {
        $q.dialog({
          title,
          message,
          class: 'sm-pre',
          // in the host's colours: Quasar's own would be white on amber where it is dark
          ok: {label: yes, noCaps: true, unelevated: true, color: 'primary', padding: 'sm md'},
          cancel: {label: no, noCaps: true, flat: true, color: void 0, padding: 'sm md'},
          focus: 'cancel'
        })
          .onOk(() => resolve(true))
          .onDismiss(() => resolve(false))
      })
    } finally {
      isAsking = false
    }
  }

  window.satmachine.ask = ask
})()
