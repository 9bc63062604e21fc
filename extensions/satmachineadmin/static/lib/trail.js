// @ts-check
// An event of the audit trail as a reader wants it: what changed from what to what.
;(() => {
  const UNKNOWN = '–'

  // The name of a leg among those of its sale: its receiver says more.
  const HIDDEN = ['leg_key']

  /** @param {unknown} value */
  const isKnown = value => value !== null && value !== undefined && value !== ''

  /**
   * @param {{before: Record<string, unknown>, after: Record<string, unknown>}} event
   * @param {(name: string, value: unknown) => string | null} [format] of values that are amounts
   * @returns {{name: string, before: string | null, after: string | null}[]} in the order of their
   *   names; what only one side names has null on the other, what neither knows is left out
   */
  function changes({before, after}, format = () => null) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    const text = (/** @type {Record<string, unknown>} */ side, /** @type {string} */ name) => {
      if (!Object.hasOwn(side, name)) return null
      return isKnown(side[name])
        ? (format(name, side[name]) ?? String(side[name]))
        : UNKNOWN
    }
    return names
      .filter(name => !HIDDEN.includes(name))
      .filter(name => isKnown(before[name]) || isKnown(after[name]))
      .sort()
      .map(name => ({name, before: text(before, name), after: text(after, name)}))
  }

  /**
   * Under which texts a value may stand that is a word of the books.
   * @param {{subject_kind: string}} event
   * @param {string} name @param {unknown} value
   * @returns {string[]}
   */
  function keys({subject_kind}, name, value) {
    const found = {
      state: [`satmachine.state.${subject_kind}.${value}`],
      status: [`satmachine.state.${subject_kind}.${value}`],
      tx_type: [`satmachine.direction.${value}`],
      leg_type: [`satmachineadmin.leg_type.${value}`],
      payout_policy: [`satmachineadmin.form.policy.${value}`],
      held_for: [`satmachineadmin.transaction.held.${value}`],
      dispense: [`satmachineadmin.transaction.outcome.${value}`],
      unit: [`satmachineadmin.cash_position.unit.${value}`],
      reason: [`satmachineadmin.reason.${value}`, `satmachineadmin.skip.${value}`]
    }
    return found[/** @type {keyof typeof found} */ (name)] ?? []
  }

  /** @param {unknown} value @returns {string | null} a hash or a key by its ends; null for all else */
  const short = value =>
    typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
      ? `${value.slice(0, 8)}…${value.slice(-8)}`
      : null

  /**
   * Where the page shows what an event is about.
   * @param {{subject_kind: string, subject_id: string | null}} event
   * @returns {{tab: string, id: string} | null}
   */
  function placeOf({subject_kind, subject_id}) {
    const tabs = {
      settlement: 'settlements',
      machine: 'machines',
      transaction: 'transactions',
      enrolment: 'lps',
      move: 'platform'
    }
    const tab = tabs[/** @type {keyof typeof tabs} */ (subject_kind)]
    return tab && subject_id ? {tab, id: subject_id} : null
  }

  const trail = Object.freeze({changes, keys, placeOf, short})
  if (typeof module !== 'undefined') module.exports = trail
  else window.satmachine.trail = trail
})()
