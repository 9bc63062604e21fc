// @ts-check
// Asks once before something that cannot be taken back. Enter alone says no.
;(() => {
  /**
   * @param {any} $q Quasar
   * @param {{title: string, message: string, yes: string, no: string}} words
   * @returns {Promise<boolean>}
   */
  const ask = ($q, {title, message, yes, no}) =>
    new Promise(resolve => {
      $q.dialog({
        title,
        message,
        class: 'sm-pre',
        ok: {label: yes, noCaps: true, unelevated: true},
        cancel: {label: no, noCaps: true, flat: true},
        focus: 'cancel'
      })
        .onOk(() => resolve(true))
        .onDismiss(() => resolve(false))
    })

  window.satmachine.ask = ask
})()
