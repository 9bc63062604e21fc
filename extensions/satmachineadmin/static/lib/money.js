// @ts-check
// The only place where amounts become text. Amounts come as integers or decimal strings and stay
// text all the way: no float ever touches them. What is not known, or not readable, is `–`;
// zero is `0`.
;(() => {
  const UNKNOWN = '–'
  const THIN = '\u202f' // narrow no-break space, between groups of three digits
  const GLUE = '\u00a0' // no-break space, between a number and its unit

  /** @param {string} digits */
  const group = digits => digits.replace(/\B(?=(\d{3})+$)/g, THIN)

  /**
   * @param {unknown} value
   * @returns {{minus: boolean, whole: string, fraction: string} | null}
   */
  function parse(value) {
    const exact = typeof value === 'string' || Number.isSafeInteger(value)
    const found = exact && /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value))
    if (!found) return null
    const [, minus, digits, fraction = ''] = found
    return {
      minus: minus === '-',
      whole: digits.replace(/^0+(?=\d)/, ''),
      fraction
    }
  }

  /**
   * @param {unknown} value
   * @param {number} digits at least so many decimals; none is ever cut off
   */
  function decimal(value, digits) {
    const parsed = parse(value)
    if (!parsed) return UNKNOWN
    const fraction = parsed.fraction.padEnd(digits, '0')
    const text = group(parsed.whole) + (fraction ? `.${fraction}` : '')
    return parsed.minus ? `−${text}` : text
  }

  /** @type {Map<string, number>} Asking the browser takes long, and a long list has one currency. */
  const digitsOf = new Map()

  /**
   * How many decimals a currency has; two where the browser does not know it.
   * @param {string} currency
   */
  function minorDigits(currency) {
    if (!digitsOf.has(currency)) digitsOf.set(currency, askedDigits(currency))
    return digitsOf.get(currency) ?? 2
  }

  /** @param {string} currency */
  function askedDigits(currency) {
    try {
      const format = new Intl.NumberFormat('en', {style: 'currency', currency})
      return format.resolvedOptions().maximumFractionDigits ?? 2
    } catch {
      return 2
    }
  }

  /** @param {unknown} value whole sats, e.g. 317700 → "317 700" */
  function sats(value) {
    const parsed = parse(value)
    return parsed && !parsed.fraction ? decimal(value, 0) : UNKNOWN
  }

  /** @param {unknown} value → "317 700 sat" */
  function satsUnit(value) {
    const text = sats(value)
    return text === UNKNOWN ? UNKNOWN : `${text}${GLUE}sat`
  }

  /** @param {unknown} value sats as a decimal string, e.g. "1.5" → "1.5 sat" */
  function exactSats(value) {
    const text = decimal(value, 0)
    return text === UNKNOWN ? UNKNOWN : `${text}${GLUE}sat`
  }

  /** @param {unknown} value millisats, e.g. 1500 → "1.5 sat" */
  function msat(value) {
    const parsed = parse(value)
    if (!parsed || parsed.fraction) return UNKNOWN
    const digits = parsed.whole.padStart(4, '0')
    const fraction = digits.slice(-3).replace(/0+$/, '')
    const text = digits.slice(0, -3) + (fraction ? `.${fraction}` : '')
    return `${parsed.minus ? '−' : ''}${decimal(text, 0)}${GLUE}sat`
  }

  /**
   * @param {unknown} amount decimal string, e.g. "2000.00"
   * @param {string | null | undefined} currency → "2 000.00 GTQ"
   */
  function fiat(amount, currency) {
    if (!currency) return UNKNOWN
    const text = decimal(amount, minorDigits(currency))
    return text === UNKNOWN ? UNKNOWN : `${text}${GLUE}${currency}`
  }

  /**
   * @param {unknown} value sats per one unit of fiat → "1 500 sat/EUR"
   * @param {string | null | undefined} currency
   */
  function rate(value, currency) {
    const text = decimal(value, 0)
    if (text === UNKNOWN || !currency) return UNKNOWN
    return `${text}${GLUE}sat/${currency}`
  }

  /** @param {unknown} value decimal string → "2.5 %" */
  function percent(value) {
    const text = decimal(value, 0)
    return text === UNKNOWN ? UNKNOWN : `${text}${GLUE}%`
  }

  /**
   * @param {unknown[]} values whole sats
   * @returns {string | null} their exact sum; null when one of them is unknown
   */
  function sumSats(values) {
    if (values.some(value => sats(value) === UNKNOWN)) return null
    return values
      .map(String)
      .reduce((a, b) => String(BigInt(a) + BigInt(b)), '0')
  }

  /**
   * The share of some sats, rounded half up as the engine does.
   * @param {unknown} value whole sats
   * @param {unknown} pct decimal string from 0 to 100 with at most four decimals
   * @returns {string | null} whole sats; null when one of them cannot be read
   */
  function shareOf(value, pct) {
    const [amount, share] = [parse(value), parse(pct)]
    if (!amount || amount.fraction || amount.minus) return null
    if (!share || share.minus || share.fraction.length > 4) return null
    const ppm = BigInt(share.whole + share.fraction.padEnd(4, '0'))
    const whole = BigInt(1000000)
    if (ppm > whole) return null
    const twice = BigInt(amount.whole) * ppm * BigInt(2) + whole
    return String(twice / (whole * BigInt(2)))
  }

  /**
   * @param {string | number} a whole sats
   * @param {string | number} b whole sats
   */
  const smaller = (a, b) => String(BigInt(a) < BigInt(b) ? a : b)

  /**
   * How far a bar is filled: for drawing only.
   * @param {unknown} part
   * @param {unknown} whole
   * @returns {number} 0 … 1000
   */
  function permille(part, whole) {
    const [a, b] = [parse(part), parse(whole)]
    if (!a || !b || a.minus || b.minus) return 0
    const digits = Math.max(a.fraction.length, b.fraction.length)
    const x = BigInt(a.whole + a.fraction.padEnd(digits, '0'))
    const y = BigInt(b.whole + b.fraction.padEnd(digits, '0'))
    if (y === BigInt(0)) return 0
    return Math.min(1000, Number((x * BigInt(1000)) / y))
  }

  /** @param {unknown} value true for 0, "0", "0.00"; false for what is not known */
  function isZero(value) {
    const parsed = parse(value)
    return parsed !== null && /^0*$/.test(parsed.whole + parsed.fraction)
  }

  /** @param {unknown} value an amount → how high a chart draws it: to look at, not to read */
  function height(value) {
    return parse(value) ? Number(value) : 0
  }

  const money = Object.freeze({
    UNKNOWN,
    minorDigits,
    sats,
    satsUnit,
    exactSats,
    msat,
    fiat,
    rate,
    percent,
    sumSats,
    shareOf,
    smaller,
    permille,
    height,
    isZero
  })
  if (typeof module !== 'undefined') module.exports = money
  else window.satmachine.money = money
})()
