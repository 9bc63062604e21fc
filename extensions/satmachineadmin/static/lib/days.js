// @ts-check
// Calendar days as text (`2026-11-22`), and the ranges of them that people ask for.
;(() => {
  /** @param {Date} date in UTC @returns {string} */
  const text = date => date.toISOString().slice(0, 10)
  /** @param {number} year @param {number} month from 0, beyond a year too @param {number} day */
  const utc = (year, month, day) => new Date(Date.UTC(year, month, day))

  /**
   * @param {string} today
   * @returns {Record<string, {since?: string, until?: string}>} both ends are in
   */
  function ranges(today) {
    const [year, month] = today.split('-').map(part => Number.parseInt(part, 10))
    const first = (/** @type {number} */ y, /** @type {number} */ m) =>
      text(utc(y, m, 1))
    const last = (/** @type {number} */ y, /** @type {number} */ m) =>
      text(utc(y, m + 1, 0))
    return {
      this_month: {since: first(year, month - 1), until: last(year, month - 1)},
      last_month: {since: first(year, month - 2), until: last(year, month - 2)},
      this_year: {since: first(year, 0), until: last(year, 11)},
      last_year: {since: first(year - 1, 0), until: last(year - 1, 11)},
      everything: {}
    }
  }

  /**
   * @param {string} today
   * @param {{since?: string, until?: string}} asked
   * @returns {string | null} the name of that range, if it has one
   */
  function named(today, asked) {
    const same = Object.entries(ranges(today)).find(
      ([, range]) =>
        (range.since ?? '') === (asked.since ?? '') &&
        (range.until ?? '') === (asked.until ?? '')
    )
    return same ? same[0] : null
  }

  const days = Object.freeze({named, ranges})
  if (typeof module !== 'undefined') module.exports = days
  else window.satmachine.days = days
})()
