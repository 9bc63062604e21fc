// @ts-check
// Where a matter of the worklist is looked at, and where it is decided.
;(() => {
  // What is decided at the thing itself, by its own buttons: a key of `needs.act` each.
  const DECIDED_THERE = [
    'legs_failed',
    'undecided',
    'no_dispense_report',
    'dispense_failed',
    'late_dispense',
    'cash_in_held'
  ]
  // What is put right at the machine, and seen on its page to be gone.
  const AT_THE_MACHINE = ['clock_skew', 'machine_silent', 'machine_floods']

  // What a look at LNbits changes nothing about.
  const NEVER_GONE = ['unfinished_before']

  /**
   * @typedef {object} Matter
   * @property {string} kind
   * @property {string} subject_id
   * @property {string | null} settlement_id
   * @property {string | null} [earlier_sale_id]
   * @property {string} machine_id
   */
  /** @typedef {{word: string, tab: string, id: string | null, query?: object}} Place */

  const DISPUTED = {view: 'cash', status: 'disputed'}

  /** @param {Matter} matter @returns {Place} what it is about */
  function placeOf({kind, subject_id, settlement_id, earlier_sale_id, machine_id}) {
    if (kind === 'cash_disputed')
      return {word: 'cash', tab: 'lps', id: null, query: DISPUTED}
    if (kind === 'cash_in_held')
      return {word: 'transaction', tab: 'transactions', id: subject_id}
    if (settlement_id)
      return {word: 'sale', tab: 'settlements', id: settlement_id}
    if (earlier_sale_id)
      return {word: 'earlier', tab: 'earlier', id: earlier_sale_id}
    if (machine_id) return {word: 'machine', tab: 'machines', id: machine_id}
    // a part of no sale, at a machine that was left out, stands in the files only
    if (kind === 'unfinished_before')
      return {word: 'files', tab: 'reports', id: null}
    return {word: 'platform', tab: 'platform', id: null}
  }

  /** @param {Matter} matter @returns {{tab: string, id: string | null, query?: object}} */
  function decidedAt(matter) {
    const {word, tab, id, query} = placeOf(matter)
    if (query) return {tab, id, query}
    const isThere =
      (['sale', 'transaction'].includes(word) && DECIDED_THERE.includes(matter.kind)) ||
      (word === 'machine' && AT_THE_MACHINE.includes(matter.kind))
    return isThere ? {tab, id} : {tab: 'worklist', id: null}
  }

  /** @param {Matter} matter @returns {string} what is done about it: a key of `needs.act` */
  function actOf({kind}) {
    if (kind === 'cash_disputed') return 'cash'
    if (AT_THE_MACHINE.includes(kind)) return 'machine'
    return DECIDED_THERE.includes(kind) ? kind : 'decide'
  }

  /** @param {Matter} matter @returns {boolean} whether looking again may say that it is gone */
  const mayBeGone = ({kind}) => !NEVER_GONE.includes(kind)

  const matters = Object.freeze({actOf, decidedAt, mayBeGone, placeOf})
  if (typeof module !== 'undefined') module.exports = matters
  else window.satmachine.matters = matters
})()
