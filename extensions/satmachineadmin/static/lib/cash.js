// @ts-check
// A cash entry in words.
;(() => {
  /** @param {string} amount decimal text @returns {string} without its sign */
  const size = amount => amount.replace(/^-/, '')

  /**
   * @param {(key: string, words?: object) => string} t
   * @param {CashEntry | null} entry
   * @returns {{amount: string, name: string, machine: string, sentence: string}}
   */
  function words(t, entry) {
    if (!entry) return {amount: '', name: '', machine: '', sentence: ''}
    const {fiat} = window.satmachine.money
    const amount = fiat(size(entry.amount), entry.currency)
    const {username: name, machine_name: machine, counterpart} = entry
    const gone = entry.amount.startsWith('-')
    const kind =
      ['moved', 'correction'].includes(entry.kind) && !gone
        ? `${entry.kind}_in`
        : entry.kind
    const sentence = t(`satmachineadmin.cash.sentence.${kind}`, {
      amount,
      name,
      machine,
      other: counterpart?.username ?? '',
      there: counterpart?.machine_name ?? ''
    })
    return {amount, name, machine, sentence}
  }

  const cash = Object.freeze({words, size})
  if (typeof module !== 'undefined') module.exports = cash
  else window.satmachine.cash = cash
})()
