// @ts-check
// The banknotes in a machine in words: what differs, how long they last. Counts come from the server;
// here they are only said.
;(() => {
  const DAY_MS = 86_400_000
  const GLUE = '\u00a0'

  /** @param {string} denomination decimal text @param {string} currency @returns {string} e.g. "50 EUR" */
  function note(denomination, currency) {
    const {fiat, sats} = window.satmachine.money
    return denomination.includes('.')
      ? fiat(denomination, currency)
      : `${sats(denomination)}${GLUE}${currency}`
  }

  /**
   * What is said of a difference, how many notes it is, and how that looks.
   * @param {Pick<CashUnit, 'expected' | 'reported' | 'difference'>} unit
   * @returns {{name: string, n: number, color: string, icon: string}}
   */
  function verdict({expected, reported, difference}) {
    const quiet = (/** @type {string} */ name) => ({
      name,
      n: 0,
      color: 'grey',
      icon: 'help_outline'
    })
    if (expected === null) return quiet('uncounted')
    if (difference === null) return quiet(reported === null ? 'unreported' : 'moved')
    const n = Math.abs(difference)
    if (difference < 0) return {name: 'missing', n, color: 'negative', icon: 'error'}
    if (difference > 0) return {name: 'more', n, color: 'warning', icon: 'warning'}
    return {name: 'agrees', n, color: 'positive', icon: 'check_circle'}
  }

  /**
   * A day to come as people say it: by its name within a week, by its date beyond.
   * @param {string} day @param {string} today both as calendar days @param {string} [locale]
   * @returns {{name: 'today' | 'tomorrow' | 'day', day: string}}
   */
  function coming(day, today, locale) {
    const days = Math.round((Date.parse(day) - Date.parse(today)) / DAY_MS)
    if (days <= 0) return {name: 'today', day: ''}
    if (days === 1) return {name: 'tomorrow', day: ''}
    if (days >= 7) {
      return {name: 'day', day: window.satmachine.times.calendarDay(day, locale)}
    }
    const name = new Intl.DateTimeFormat(locale, {weekday: 'long', timeZone: 'UTC'})
    return {name: 'day', day: name.format(Date.parse(day))}
  }

  /**
   * How long the notes of a cassette last.
   * @param {Pick<CashUnit, 'expected' | 'reported' | 'notes_a_day' | 'runs_out_on'>} unit
   * @param {string} today @param {string} [locale]
   * @returns {{name: string, day: string}} `empty`, `unknown`, `long`, or when it runs out
   */
  function outlook({expected, reported, notes_a_day, runs_out_on}, today, locale) {
    const known = [expected, reported].filter(count => count !== null)
    if (known.length && Math.min(...known) <= 0) return {name: 'empty', day: ''}
    if (runs_out_on) return coming(runs_out_on, today, locale)
    return {name: notes_a_day === null ? 'unknown' : 'long', day: ''}
  }

  /**
   * How full the box is: notes in it, at least as many as somebody says, and how many fit.
   * @param {CashUnit[]} units
   * @returns {{count: number, capacity: number | null} | null} null where there is no box
   */
  function box(units) {
    const inside = units.filter(({unit}) => unit === 'box')
    if (!inside.length) return null
    const count = inside
      .map(({expected, reported}) => Math.max(expected ?? 0, reported ?? 0))
      .reduce((sum, one) => sum + one, 0)
    const fits = inside.map(({capacity}) => capacity ?? 0)
    return {count, capacity: Math.max(...fits) || null}
  }

  /** @param {string} text @returns {number | null} a count of notes as somebody types it */
  function whole(text) {
    return /^\d{1,6}$/.test(text) ? Number.parseInt(text, 10) : null
  }

  const cashUnits = Object.freeze({note, verdict, coming, outlook, box, whole})
  if (typeof module !== 'undefined') module.exports = cashUnits
  else window.satmachine.cashUnits = cashUnits
})()
