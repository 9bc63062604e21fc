// @ts-check
// What the platform is told before it takes over a predecessor's books, and afterwards: whether balances
// agree, and what needs a hand. Pure; amounts stay text.
;(() => {
  /**
   * @typedef {object} Hand something that a person has to look at
   * @property {string} kind  a key of `moving.hand`
   * @property {Record<string, any>} words
   * @property {string} detail  a sentence of the server's, or ''
   * @property {number} [count]  so many of them, where they are not listed
   */

  const UNKNOWN = '–'
  const COUNTED = ['machines', 'lps', 'preferences', 'deposits', 'splits', 'sales', 'legs']

  /** @param {string} text a decimal number, perhaps cut: "947.046666…" @returns {[digits: bigint, scale: number]} */
  function parsed(text) {
    const [whole, fraction = ''] = text.replace('…', '').split('.')
    return [BigInt(whole + fraction), fraction.length]
  }

  /**
   * What a number became, less what it was.
   * @param {string} was @param {string} became
   * @returns {{text: string, sign: -1 | 0 | 1, isCut: boolean}} without its sign; cut where it has no end
   */
  function difference(was, became) {
    const [before, a] = parsed(was)
    const [after, b] = parsed(became)
    const scale = Math.max(a, b)
    const up = (/** @type {bigint} */ digits, /** @type {number} */ by) =>
      BigInt(String(digits) + '0'.repeat(by))
    const found = up(after, scale - b) - up(before, scale - a)
    const zero = BigInt(0)
    const digits = String(found < zero ? -found : found).padStart(scale + 1, '0')
    const whole = digits.slice(0, digits.length - scale)
    const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
    const sign = found < zero ? -1 : found > zero ? 1 : 0
    return {text: whole + (fraction && `.${fraction}`), sign, isCut: was.includes('…')}
  }

  /**
   * @param {(amount: string | null, currency: string) => string} fiat of lib/money.js
   * @param {string | null} amount a decimal number, perhaps cut @param {string} currency
   * @returns {string} cut ones keep their dots
   */
  function exact(fiat, amount, currency) {
    if (!amount?.endsWith('…')) return fiat(amount, currency)
    const [number, unit] = fiat(amount.slice(0, -1), currency).split('\u00a0')
    return `${number}…\u00a0${unit}`
  }

  /** @param {any} lp @returns {boolean} whether its balance is taken over */
  const takesCash = lp => lp.balance !== null

  /** @param {any} lp @returns {boolean} whether sales had drawn more than there was */
  const isOverdrawn = lp => takesCash(lp) && /[1-9]/.test(lp.overdrawn)

  /** @param {any} lp @returns {'same' | 'rounded' | 'overdrawn' | null} null where its cash is not taken over */
  function balanceOf(lp) {
    if (!takesCash(lp)) return null
    if (isOverdrawn(lp)) return 'overdrawn'
    const {sign, isCut} = difference(lp.exact_balance, lp.balance)
    return sign === 0 && !isCut ? 'same' : 'rounded'
  }

  /** @param {any} report @returns {{all: number, same: number, rounded: number, overdrawn: number}} */
  function balances({lps}) {
    const found = lps.map(balanceOf)
    const count = (/** @type {string} */ kind) =>
      found.filter((/** @type {any} */ one) => one === kind).length
    const all = found.filter((/** @type {any} */ one) => one !== null).length
    return {all, same: count('same'), rounded: count('rounded'), overdrawn: count('overdrawn')}
  }

  /** @param {any} report @returns {Hand[]} of LPs: whose cash is at stake comes first */
  function ofLps({lps}) {
    const words = (/** @type {any} */ lp) => ({
      name: lp.name ?? UNKNOWN,
      machine: lp.machine_name ?? UNKNOWN,
      amount: lp.overdrawn,
      currency: lp.currency
    })
    const hand = (/** @type {string} */ kind, /** @type {string} */ part) => (/** @type {any} */ lp) =>
      ({kind, words: words(lp), detail: lp[part] ?? ''})
    return [
      ...lps.filter((/** @type {any} */ lp) => lp.cash_problem).map(hand('cash', 'cash_problem')),
      ...lps.filter(isOverdrawn).map(hand('overdrawn', '')),
      ...lps.filter(isLeft).map(hand('lp', 'problem'))
    ]
  }

  /** @param {any} row */
  const isLeft = row => row.outcome === 'left'

  /** @param {any} report @returns {Hand[]} */
  function ofMachines({machines}) {
    return machines.flatMap((/** @type {any} */ one) => {
      const words = {machine: one.name, n: one.unrecorded_payments, sats: one.unrecorded_sats}
      const left = {kind: 'machine', words, detail: one.problem}
      const unrecorded = {kind: 'unrecorded', words, detail: ''}
      return [...(isLeft(one) ? [left] : []), ...(one.unrecorded_payments ? [unrecorded] : [])]
    })
  }

  /** @param {any} report @returns {Hand[]} */
  function ofSales({unfinished, unfinished_total}) {
    const listed = unfinished.map((/** @type {any} */ one) => ({
      kind: 'unfinished',
      words: {machine: one.machine_name ?? UNKNOWN},
      detail: one.sentence
    }))
    const count = unfinished_total - listed.length
    return count > 0
      ? [...listed, {kind: 'unfinished_more', words: {n: count}, detail: '', count}]
      : listed
  }

  /** @param {any} report @returns {Hand[]} */
  function ofTheRest({preferences, splits, unread}) {
    return [
      ...splits.filter(isLeft).map((/** @type {any} */ one) => ({
        kind: one.machine_name ? 'split_of_machine' : 'split',
        words: {operator: one.operator ?? UNKNOWN, machine: one.machine_name},
        detail: one.problem
      })),
      ...preferences.filter(isLeft).map((/** @type {any} */ one) => ({
        kind: 'preference',
        words: {name: one.name ?? UNKNOWN},
        detail: one.problem
      })),
      ...unread.map((/** @type {any} */ one) => ({
        kind: 'unread',
        words: {table: one.table, row: one.row_id},
        detail: one.problem
      }))
    ]
  }

  /** @param {any} report @returns {Hand[]} what needs a hand, the most pressing first */
  const hands = report => [
    ...ofLps(report),
    ...ofMachines(report),
    ...ofSales(report),
    ...ofTheRest(report)
  ]

  /** @param {Hand[]} found @returns {number} */
  const countOf = found => found.reduce((sum, {count = 1}) => sum + count, 0)

  /** @param {any} report @returns {{name: string, n: number}[]} what is written, without what is nothing */
  const counted = ({counts}) =>
    COUNTED.map(name => ({name, n: counts[name]})).filter(({n}) => n)

  const moving = Object.freeze({balanceOf, balances, counted, countOf, difference, exact, hands})
  if (typeof module !== 'undefined') module.exports = moving
  else window.satmachine.moving = moving
})()
