// @ts-check
// Where a matter of the worklist is looked at, and where it is decided.
;(() => {
  // What is decided at the sale itself, by its own buttons.
  const AT_THE_SALE = ['legs_failed', 'undecided', 'no_dispense_report']

  /** @typedef {{kind: string, settlement_id: string | null, machine_id: string}} Matter */
  /** @typedef {{word: 'sale' | 'machine' | 'platform', tab: string, id: string | null}} Place */

  /** @param {Matter} matter @returns {Place} what it is about */
  function placeOf({settlement_id, machine_id}) {
    if (settlement_id)
      return {word: 'sale', tab: 'settlements', id: settlement_id}
    if (machine_id) return {word: 'machine', tab: 'machines', id: machine_id}
    return {word: 'platform', tab: 'platform', id: null}
  }

  /** @param {Matter} matter @returns {{tab: string, id: string | null}} */
  function decidedAt(matter) {
    const {tab, id} = placeOf(matter)
    const atTheSale = tab === 'settlements' && AT_THE_SALE.includes(matter.kind)
    return atTheSale ? {tab, id} : {tab: 'worklist', id: null}
  }

  const matters = Object.freeze({placeOf, decidedAt})
  if (typeof module !== 'undefined') module.exports = matters
  else window.satmachine.matters = matters
})()
