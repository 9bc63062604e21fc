// @ts-check
// A chart over time without a date adapter: instants are numbers on a plain axis, and its marks are days
// on the LP's clock. What is drawn is never shown as an amount: for that a point keeps the exact text.
;(() => {
  const DAY_MS = 86_400_000
  const DAY_STEPS = [1, 2, 5, 10, 15]
  const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60]
  const MOST_MARKS = 8
  // A reader who hears the chart is told no more than this.
  const MOST_TOLD = 12

  /**
   * @typedef {{at: string, value: string | number, note?: string}} Point
   * @typedef {{at: number, label: string}} Mark
   * @typedef {{
   *   beginning: (day: string) => string | undefined,
   *   local: (iso: string) => string,
   *   calendarDay: (day: string) => string
   * }} Clock
   */

  /** @param {number} from @param {number} to instants @returns {string[]} every calendar day around them */
  function daysAround(from, to) {
    const days = []
    for (let at = from - DAY_MS; at <= to + DAY_MS; at += DAY_MS)
      days.push(new Date(at).toISOString().slice(0, 10))
    return days
  }

  /** @param {string} day @returns {number} months since the year 0 */
  function monthNumber(day) {
    const [year, month] = day.split('-').map(part => Number.parseInt(part, 10))
    return 12 * year + month - 1
  }

  /** @param {number[]} steps @param {number} count @returns {number} the smallest that leaves few enough */
  const fitting = (steps, count) =>
    steps.find(step => count / step <= MOST_MARKS) ?? steps[steps.length - 1]

  /** @param {string} day @returns {string} e.g. "Nov 2026" */
  const monthName = day =>
    new Intl.DateTimeFormat(undefined, {
      month: 'short',
      year: 'numeric',
      timeZone: 'UTC'
    }).format(new Date(day))

  /**
   * Those that are marked: every so many days back from the last one, or the beginnings of months.
   * @param {string[]} days @param {number} count of whole days
   * @param {(day: string) => boolean} isThere
   * @returns {{day: string, label: string | null}[]}
   */
  function marked(days, count, isThere) {
    const step = DAY_STEPS.find(step => count / step <= MOST_MARKS)
    if (step) {
      const last = days.findLastIndex(isThere)
      const kept = days.filter((_, index) => (last - index) % step === 0)
      return kept.map(day => ({day, label: null}))
    }
    const firsts = days.filter(day => day.endsWith('-01'))
    const months = fitting(MONTH_STEPS, firsts.length)
    return firsts
      .filter(day => monthNumber(day) % months === 0)
      .map(day => ({day, label: monthName(day)}))
  }

  /**
   * @param {string} since @param {string} until instants
   * @param {Clock} clock the LP's: lib/times
   * @returns {Mark[]} days or months where they begin there; times where it is hours only
   */
  function marks(since, until, clock) {
    const [from, to] = [Date.parse(since), Date.parse(until)]
    if (to - from < 2 * DAY_MS)
      return [from, (from + to) / 2, to].map(at => ({
        at,
        label: clock.local(new Date(at).toISOString())
      }))
    const beginning = (/** @type {string} */ day) =>
      Date.parse(clock.beginning(day) ?? '')
    const count = Math.floor((to - from) / DAY_MS)
    return marked(daysAround(from, to), count, day => beginning(day) <= to)
      .map(({day, label}) => ({
        at: beginning(day),
        label: label ?? clock.calendarDay(day)
      }))
      .filter(({at}) => at >= from && at <= to)
  }

  /**
   * What is told of a line to whoever does not see it: where it begins, ends and changes, or of many
   * changes the lowest and the highest.
   * @param {Point[]} points in the order of time
   * @param {(value: string | number) => number} height
   * @returns {Point[]}
   */
  function told(points, height) {
    const last = points.length - 1
    const turns = points.filter(
      (point, index) =>
        index === 0 || index === last || point.value !== points[index - 1].value
    )
    if (turns.length <= MOST_TOLD) return turns
    const by = [...points].sort((a, b) => height(a.value) - height(b.value))
    const kept = [points[0], by[0], by[last], points[last]]
    return points.filter(point => kept.includes(point))
  }

  const charts = Object.freeze({marks, told})
  if (typeof module !== 'undefined') module.exports = charts
  else window.satmachine.charts = charts
})()
