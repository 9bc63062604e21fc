// @ts-check
// ISO 8601 in UTC → text: the reader's own time to look at, the exact UTC in the tooltip.
;(() => {
  const UNKNOWN = '–'

  /** @param {string | null | undefined} iso */
  function parse(iso) {
    const date = new Date(iso ?? NaN)
    return Number.isNaN(date.getTime()) ? null : date
  }

  /**
   * @param {string | null | undefined} iso
   * @param {Date} [now]
   * @param {string} [locale] the browser's own unless given
   * @returns {string} e.g. "22 Nov, 14:03", with the year when it is another one
   */
  function local(iso, now = new Date(), locale) {
    const date = parse(iso)
    if (!date) return UNKNOWN
    const otherYear = date.getFullYear() !== now.getFullYear()
    return new Intl.DateTimeFormat(locale, {
      day: 'numeric',
      month: 'short',
      year: otherYear ? 'numeric' : undefined,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23'
    }).format(date)
  }

  /**
   * @param {string | null | undefined} iso
   * @param {Date} [now]
   * @param {string} [locale]
   * @returns {string} to the second, e.g. "14:03:07", with the day when it is another one
   */
  function clock(iso, now = new Date(), locale) {
    const date = parse(iso)
    if (!date) return UNKNOWN
    const otherDay = date.toDateString() !== now.toDateString()
    const otherYear = date.getFullYear() !== now.getFullYear()
    return new Intl.DateTimeFormat(locale, {
      day: otherDay ? 'numeric' : undefined,
      month: otherDay ? 'short' : undefined,
      year: otherYear ? 'numeric' : undefined,
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23'
    }).format(date)
  }

  /**
   * @param {string | null | undefined} iso
   * @returns {string} e.g. "2026-11-22 14:03:07 UTC"
   */
  function utc(iso) {
    const date = parse(iso)
    if (!date) return UNKNOWN
    return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
  }

  const times = Object.freeze({local, clock, utc})
  if (typeof module !== 'undefined') module.exports = times
  else window.satmachine.times = times
})()
