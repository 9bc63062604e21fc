// @ts-check
// How long ago something was, and how long something lasts yet.
;(() => {
  const MINUTE_MS = 60_000
  const HOUR_MS = 60 * MINUTE_MS
  const DAY_MS = 24 * HOUR_MS

  /**
   * @param {string | null | undefined} iso
   * @param {number} [now] in ms
   * @returns {{unit: 'never' | 'now' | 'minutes' | 'hours' | 'days', n: number}} a key of `ago`; what a
   *   browser's slow clock takes for the future is now
   */
  function ago(iso, now = Date.now()) {
    const at = Date.parse(iso ?? '')
    if (Number.isNaN(at)) return {unit: 'never', n: 0}
    const ms = now - at
    if (ms < MINUTE_MS) return {unit: 'now', n: 0}
    if (ms < 2 * HOUR_MS) return {unit: 'minutes', n: Math.floor(ms / MINUTE_MS)}
    if (ms < 2 * DAY_MS) return {unit: 'hours', n: Math.floor(ms / HOUR_MS)}
    return {unit: 'days', n: Math.floor(ms / DAY_MS)}
  }

  /**
   * @param {string | null | undefined} iso
   * @param {number} [now] in ms
   * @returns {string | null} minutes and seconds, e.g. "59:07"; null once it is over
   */
  function left(iso, now = Date.now()) {
    const seconds = Math.ceil((Date.parse(iso ?? '') - now) / 1000)
    if (Number.isNaN(seconds) || seconds <= 0) return null
    const rest = String(seconds % 60).padStart(2, '0')
    return `${Math.floor(seconds / 60)}:${rest}`
  }

  const spans = Object.freeze({ago, left})
  if (typeof module !== 'undefined') module.exports = spans
  else window.satmachine.spans = spans
})()
