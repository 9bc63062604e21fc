// @ts-check
// What waits for the operator, the most pressing first: pure, so that the menu counts what the page lists.
;(() => {
  /**
   * @typedef {object} Need
   * @property {string} name
   * @property {[kind: string, state: string] | {color: string, icon: string}} look
   * @property {string} text  a key of `needs`
   * @property {number} [count]
   * @property {string} [place]  a machine's name
   * @property {string} [detail]  a sentence of the server's
   * @property {string} [hint]  a key of `needs`
   * @property {object} [words]
   * @property {string} [act]  a key of `needs.act`; without one nothing is to be done here
   * @property {string} [tab]
   * @property {string | null} [id]
   * @property {object} [query]
   */

  const ATTENTION = {color: 'negative', icon: 'report'}

  /** @param {any} status @param {{decidedAt: Function, actOf: Function}} matters @returns {Need[]} */
  function ofMatters({matters: rows, matters_total}, matters) {
    /** @type {Need[]} */
    const listed = rows.map((/** @type {any} */ matter) => ({
      name: `matter ${matter.kind} ${matter.subject_id}`,
      look: ATTENTION,
      text: `matter.${matter.kind}`,
      place: matter.machine_name,
      detail: matter.detail,
      act: matters.actOf(matter),
      query: {},
      ...matters.decidedAt(matter)
    }))
    const count = matters_total - rows.length
    if (count > 0) {
      listed.push({
        name: 'more',
        look: ATTENTION,
        text: 'more',
        count,
        act: 'look',
        tab: 'worklist'
      })
    }
    return listed
  }

  /** @param {any} status @param {string} state @param {object} [query] @returns {Need[]} */
  function ofSales({totals}, state, query = {state}) {
    const count = totals[state]
    if (!count) return []
    /** @type {[string, string]} */
    const look = state === 'test' ? ['mark', 'test'] : ['settlement', state]
    return [
      {name: state, look, text: state, count, act: state, tab: 'settlements', query}
    ]
  }

  // Those that no row has yet, because they may still be paid by themselves.
  /** @param {any} status @returns {Need[]} */
  function ofErrored(status) {
    const {totals, matters: rows} = status
    const told = rows.filter((/** @type {any} */ matter) => matter.kind === 'legs_failed')
    return told.length < totals.errored ? ofSales(status, 'errored') : []
  }

  // What keeps a receiver from being paid does so in every sale: it is said once.
  /** @param {any} status @returns {Need[]} */
  function ofTargets({failing}) {
    return failing.map((/** @type {any} */ one) => ({
      name: `target ${one.target}`,
      look: ['leg', 'failed'],
      text: 'failing',
      count: one.legs,
      place: one.label || one.target,
      detail: one.error_message,
      act: 'failing',
      tab: 'settlements',
      query: {state: 'errored'}
    }))
  }

  /** @param {any} status @returns {Need[]} */
  function ofPaused({totals}) {
    if (!totals.paused) return []
    const query = {state: 'paused'}
    const look = /** @type {[string, string]} */ (['machine', 'paused'])
    return [
      {name: 'paused', look, text: 'paused', count: totals.paused, act: 'look', tab: 'machines', query}
    ]
  }

  /** @param {any} status @returns {Need[]} */
  function ofStuck({totals}) {
    if (!totals.stuck) return []
    const look = {color: 'warning', icon: 'hourglass_bottom'}
    const count = totals.stuck
    return [{name: 'stuck', look, text: 'stuck', count, act: 'stuck', tab: 'worklist'}]
  }

  /** @param {any} status @returns {Need[]} */
  function ofTheEngine(status) {
    const {runner, runner_detail} = status
    if (runner === 'active') return []
    return [
      {
        name: 'runner',
        look: ['runner', runner],
        text: `runner.${runner}`,
        detail: runner_detail
      }
    ]
  }

  /** @param {any} status @returns {Need[]} */
  function ofTheRest({predecessor, is_platform, payout_way, payout_way_reason}) {
    /** @type {Need[]} */
    const found = predecessor.map((/** @type {any} */ one) => ({
      name: `predecessor ${one.where}`,
      look: {color: 'warning', icon: 'inventory_2'},
      text: 'predecessor',
      count: one.tables,
      hint: 'predecessor_detail',
      words: one,
      // others on this LNbits can do nothing about it
      ...(is_platform && {act: 'moving', tab: 'platform'})
    }))
    if (payout_way === 'slow') {
      const look = /** @type {[string, string]} */ (['payout_way', 'slow'])
      found.push({name: 'payout_way', look, text: 'slow', detail: payout_way_reason})
    }
    return found
  }

  /** @param {any} status @param {any} matters the lib @returns {Need[]} */
  function of(status, matters) {
    return [
      ...ofTheEngine(status),
      ...ofPaused(status),
      ...ofTargets(status),
      ...ofMatters(status, matters),
      ...ofStuck(status),
      ...ofErrored(status),
      ...['held', 'rejected'].flatMap(state => ofSales(status, state)),
      ...ofSales(status, 'test', {state: 'held', mark: 'test'}),
      ...ofTheRest(status)
    ]
  }

  /** @param {any} status @param {any} matters @returns {number} what has an action; 0 while nothing is known */
  function count(status, matters) {
    if (!status) return 0
    const acts = of(status, matters).filter(need => need.act)
    return acts.reduce(
      (sum, need) => sum + (need.name === 'more' ? (need.count ?? 0) : 1),
      0
    )
  }

  const needs = Object.freeze({of, count})
  if (typeof module !== 'undefined') module.exports = needs
  else window.satmachine.needs = needs
})()
