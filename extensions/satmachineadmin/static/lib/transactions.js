// @ts-check
// A transaction of a machine in words: what the customer did and gets, and its banknotes by value.
;(() => {
  /**
   * @param {{tx_type: string, state: string, fiat_amount: string | null}} row
   * @param {(amount: unknown) => boolean} isZero
   * @returns {string} a key of `transaction.sentence`
   */
  function sentence({tx_type, state, fiat_amount}, isZero) {
    if (tx_type === 'cash_out') {
      const kinds = {paid: 'out_paid', expired: 'out_over'}
      return kinds[/** @type {keyof typeof kinds} */ (state)] ?? 'out_open'
    }
    if (state === 'cancelled') return isZero(fiat_amount) ? 'in_left' : 'in_back'
    if (state === 'collecting') return 'in_giving'
    return state === 'paid' ? 'in_paid' : 'in_owed'
  }

  /**
   * @param {{denomination: string}[]} notes
   * @returns {{denomination: string, count: number}[]} in the order in which each value first went in
   */
  function byValue(notes) {
    /** @type {Map<string, number>} */
    const counts = new Map()
    for (const {denomination} of notes)
      counts.set(denomination, (counts.get(denomination) ?? 0) + 1)
    return [...counts].map(([denomination, count]) => ({denomination, count}))
  }

  const transactions = Object.freeze({byValue, sentence})
  if (typeof module !== 'undefined') module.exports = transactions
  else window.satmachine.transactions = transactions
})()
