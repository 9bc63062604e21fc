// @ts-check
// Where a matter of the worklist is looked at, and where it is decided.
;(() => {
  // What is decided at the sale itself, by its own buttons.
  const AT_THE_SALE = ['legs_failed', 'undecided', 'no_dispense_report']

  /** @typedef {{kind: string, settlement_id: string | null, machine_id: string}} Matter */
  /** @typedef {{word: string, tab: string, id: string | null, query?: object}} Place */

  const DISPUTED = {view: 'cash', status: 'disputed'}

  /** @param {Matter} matter @returns {Place} what it is about */
  function placeOf({kind, settlement_id, machine_id}) {
    if (kind === 'cash_disputed')
      return {word: 'cash', tab: 'lps', id: null, query: DISPUTED}
    if (settlement_id)
      return {word: 'sale', tab: 'settlements', id: settlement_id}
    if (machine_id) return {word: 'machine', tab: 'machines', id: machine_id}
    return {word: 'platform', tab: 'platform', id: null}
  }

  /** @param {Matter} matter @returns {{tab: string, id: string | null, query?: object}} */
  function decidedAt(matter) {
    const {tab, id, query} = placeOf(matter)
    if (query) return {tab, id, query}
    const atTheSale = tab === 'settlements' && AT_THE_SALE.includes(matter.kind)
    return atTheSale ? {tab, id} : {tab: 'worklist', id: null}
  }

  /** @param {Matter} matter @returns {string} what is done about it: a key of `needs.act` */
  function actOf(matter) {
    if (matter.kind === 'cash_disputed') return 'cash'
    return AT_THE_SALE.includes(matter.kind) ? matter.kind : 'decide'
  }

  const matters = Object.freeze({actOf, decidedAt, placeOf})
  if (typeof module !== 'undefined') module.exports = matters
  else window.satmachine.matters = matters
})()
