// @ts-check
// Sums of percentages as people type them: decimal strings with at most four decimals, added
// exactly, in parts per million.
;(() => {
  const WHOLE_PPM = BigInt(1000000)

  /** @param {unknown} value @returns {bigint | null} parts per million; null where it cannot be read */
  function ppmOf(value) {
    const found =
      typeof value === 'string' && /^(\d{1,3})(?:\.(\d{1,4}))?$/.exec(value)
    if (!found) return null
    const [, whole, fraction = ''] = found
    return BigInt(whole + fraction.padEnd(4, '0'))
  }

  /** @param {bigint} ppm → "2.5" */
  function textOf(ppm) {
    const digits = String(ppm).padStart(5, '0')
    const fraction = digits.slice(-4).replace(/0+$/, '')
    return digits.slice(0, -4) + (fraction ? `.${fraction}` : '')
  }

  /**
   * @param {unknown[]} values
   * @returns {string | null} their exact sum; null while one of them cannot be read
   */
  function sum(values) {
    let total = BigInt(0)
    for (const ppm of values.map(ppmOf)) {
      if (ppm === null) return null
      total += ppm
    }
    return textOf(total)
  }

  /**
   * What is missing to 100 %, or is too much.
   * @param {string | null} total what `sum` came to
   * @returns {{kind: 'whole' | 'short' | 'over', by: string} | null}
   */
  function rest(total) {
    const found = /^(\d+)(?:\.(\d{1,4}))?$/.exec(total ?? '')
    if (!found) return null
    const ppm = BigInt(found[1] + (found[2] ?? '').padEnd(4, '0'))
    if (ppm === WHOLE_PPM) return {kind: 'whole', by: '0'}
    return ppm < WHOLE_PPM
      ? {kind: 'short', by: textOf(WHOLE_PPM - ppm)}
      : {kind: 'over', by: textOf(ppm - WHOLE_PPM)}
  }

  const percent = Object.freeze({sum, rest})
  if (typeof module !== 'undefined') module.exports = percent
  else window.satmachine.percent = percent
})()
