// @ts-check
// ISO 8601 in UTC → text: the time on the clock that was chosen, or else on the reader's own, to look
// at; the exact UTC in the tooltip.
;(() => {
  const UNKNOWN = '–'

  /** @type {{zone: string | undefined}} what is on the screen follows it */
  const clockOf = (globalThis.Vue?.reactive ?? Object)({zone: undefined})

  /** @param {string | null} zone an IANA name; null: the reader's own */
  function use(zone) {
    clockOf.zone = zone ?? undefined
  }

  /**
   * Making a formatter takes a browser far longer than using it, and a long list has hundreds of times.
   * @type {Map<string, Intl.DateTimeFormat>}
   */
  const formatters = new Map()

  /**
   * @param {string | undefined} locale
   * @param {Intl.DateTimeFormatOptions} options
   * @returns {Intl.DateTimeFormat}
   */
  function formatter(locale, options) {
    const key = JSON.stringify([locale, options])
    const known = formatters.get(key)
    if (known) return known
    const made = new Intl.DateTimeFormat(locale, options)
    formatters.set(key, made)
    return made
  }

  /** @param {Date} date @returns {string} year, month and day on that clock */
  const day = date =>
    formatter('en-CA', {
      timeZone: clockOf.zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit'
    }).format(date)

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
    const otherYear = day(date).slice(0, 4) !== day(now).slice(0, 4)
    return formatter(locale, {
      timeZone: clockOf.zone,
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
    const otherDay = day(date) !== day(now)
    const otherYear = day(date).slice(0, 4) !== day(now).slice(0, 4)
    return formatter(locale, {
      timeZone: clockOf.zone,
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

  /**
   * @param {string} day a calendar day, e.g. "2026-11-22"
   * @param {string} [locale]
   * @returns {string} e.g. "22 Nov": the day that was said, wherever the reader is
   */
  function calendarDay(day, locale) {
    const date = parse(day)
    if (!date) return UNKNOWN
    return formatter(locale, {
      day: 'numeric',
      month: 'short',
      timeZone: 'UTC'
    }).format(date)
  }

  /**
   * What the clock shows at an instant, less the instant itself.
   * @param {number} at in ms
   */
  function ahead(at) {
    const parts = formatter('en-CA', {
      timeZone: clockOf.zone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23'
    }).formatToParts(at)
    const of = (/** @type {string} */ type) =>
      Number.parseInt(parts.find(part => part.type === type)?.value ?? '', 10)
    const shown = Date.UTC(
      of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')
    ) // prettier-ignore
    return shown - at
  }

  /**
   * @param {string | null | undefined} day a calendar day, e.g. "2026-11-22"
   * @param {number} [later] so many days after it
   * @returns {string | undefined} the instant at which it begins on that clock: where midnight comes twice
   *   the first one, where the clock is put forward over it that instant
   */
  function beginning(day, later = 0) {
    const midnight = Date.parse(day ?? '') + later * 86_400_000
    if (Number.isNaN(midnight)) return undefined
    const near = [-1, 1].map(way => midnight - ahead(midnight + way * 86_400_000))
    const exact = near.filter(at => at + ahead(at) === midnight)
    const begins = exact.length ? Math.min(...exact) : Math.max(...near)
    return `${new Date(begins).toISOString().slice(0, 19)}Z`
  }

  /**
   * @param {string} sentence as the server says it
   * @returns {string} with its instants on the reader's clock
   */
  const within = sentence =>
    sentence.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, iso => local(iso))

  const times = Object.freeze({
    use,
    local,
    clock,
    utc,
    calendarDay,
    beginning,
    within
  })
  if (typeof module !== 'undefined') module.exports = times
  else window.satmachine.times = times
})()
