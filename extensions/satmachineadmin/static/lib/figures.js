// @ts-check
// A period's figures as a reader compares them, and as a chart draws them. A chart's numbers are drawn,
// never shown as an amount: for that every label goes back to the exact text.
;(() => {
  /** @param {string | number} value @returns {bigint} in its smallest unit */
  const units = value => BigInt(String(value).replace('.', ''))

  /**
   * @param {string | number} now @param {string | number} before of as many digits
   * @returns {{way: 'up' | 'down' | 'same', percent: string} | null} null where nothing was before
   */
  function change(now, before) {
    const [a, b] = [units(now), units(before)]
    if (b <= BigInt(0)) return null
    const difference = (a - b) * BigInt(200)
    const sign = difference < BigInt(0) ? BigInt(-1) : BigInt(1)
    // Rounded half away from zero.
    const percent = (difference + sign * b) / (BigInt(2) * b)
    const way = a > b ? 'up' : a < b ? 'down' : 'same'
    const size = percent < BigInt(0) ? -percent : percent
    return {way, percent: way !== 'same' && size === BigInt(0) ? '<1' : String(size)}
  }

  /** @param {string} since @param {string} until @returns {string[]} each day, both ends included */
  function daysBetween(since, until) {
    const days = []
    const last = Date.parse(until)
    for (let day = Date.parse(since); day <= last; day += 86_400_000)
      days.push(new Date(day).toISOString().slice(0, 10))
    return days
  }

  /** @param {string} until @param {number} count @returns {string} the first of so many days */
  const daysBack = (until, count) =>
    new Date(Date.parse(until) - (count - 1) * 86_400_000).toISOString().slice(0, 10)

  /** @typedef {{day: string, machine_id: string | null, currency: string, amount: string, commission_sats: number}} Day */

  /**
   * One stack a machine, one bar a day.
   * @param {Day[]} rows @param {string[]} days
   * @param {(row: Day) => string | number} value
   * @returns {{machine_id: string | null, values: (string | number)[]}[]} the machines in their order,
   *   what is told in one at the end; the exact value of each day
   */
  function series(rows, days, value) {
    const machines = [...new Set(rows.map(row => row.machine_id))]
    machines.sort((a, b) => (a === null ? 1 : b === null ? -1 : 0))
    return machines.map(machine_id => {
      const own = rows.filter(row => row.machine_id === machine_id)
      const values = days.map(day => {
        const found = own.filter(row => row.day === day)
        if (found.length < 2) return found.length ? value(found[0]) : 0
        // Several currencies: sats, since fiat is asked for by currency.
        return found.reduce((sum, row) => sum + /** @type {number} */ (value(row)), 0)
      })
      return {machine_id, values}
    })
  }

  /** @param {{currency: string}[]} rows @returns {string[]} in the order of the alphabet */
  const currencies = rows => [...new Set(rows.map(row => row.currency))].sort()

  const figures = Object.freeze({change, currencies, daysBack, daysBetween, series})
  if (typeof module !== 'undefined') module.exports = figures
  else window.satmachine.figures = figures
})()
