// @ts-check
// Amounts of before the move. The predecessor kept them as binary fractions, and they are told by the
// decimal text that these were written as: a list shows the nearest amount that can be paid.
;(() => {
  /**
   * @param {string | null} text a decimal number
   * @param {number} digits so many decimals are left of it
   * @returns {string | null} half up; what is no number stays what it is
   */
  function nearest(text, digits) {
    const found = /^(-?)(\d+)\.(\d+)$/.exec(text ?? '')
    if (!found || found[3].length <= digits) return text
    const [, minus, whole, fraction] = found
    const kept = BigInt(whole + fraction.slice(0, digits))
    const up = BigInt(fraction[digits] >= '5' ? 1 : 0)
    const all = String(kept + up).padStart(digits + 1, '0')
    const end = all.length - digits
    const short = digits ? `${all.slice(0, end)}.${all.slice(end)}` : all
    return /[1-9]/.test(short) ? minus + short : short
  }

  const earlier = Object.freeze({nearest})
  if (typeof module !== 'undefined') module.exports = earlier
  else window.satmachine.earlier = earlier
})()
