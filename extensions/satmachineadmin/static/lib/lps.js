// @ts-check
// What the parts about LPs have in common.
;(() => {
  const UNKNOWN = '–'

  /** @param {Client} row @returns {string} its part of the machine's cash, such as "62.5 %" */
  function share({share_pct}) {
    if (share_pct === null) return UNKNOWN
    return window.satmachine.money.percent(oneDecimal(share_pct))
  }

  /** @param {string} percent decimal text, cut to one decimal @returns {string} */
  function oneDecimal(percent) {
    const [whole, decimals = ''] = percent.split('.')
    const first = decimals.slice(0, 1)
    return first && first !== '0' ? `${whole}.${first}` : whole
  }

  /** @param {Client} row @returns {string} whole days, "<1" on the last one */
  function days({days_left}) {
    if (days_left === null) return UNKNOWN
    return days_left === 0 ? '<1' : String(days_left)
  }

  /** @param {Client} row @returns {boolean} whether cash can be booked on it */
  const takesCash = ({onboarded, status}) =>
    onboarded && ['active', 'paused'].includes(status)

  /** @returns {Promise<Machine[]>} for filters; the lists themselves say what is wrong with the server */
  async function machines() {
    try {
      return (await window.satmachine.adminApi.machines({limit: 200})).data
    } catch {
      return []
    }
  }

  const lps = Object.freeze({share, oneDecimal, days, takesCash, machines})
  if (typeof module !== 'undefined') module.exports = lps
  else window.satmachine.lps = lps
})()
