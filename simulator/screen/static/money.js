// Amounts as people read them. Fiat is in minor units, sats are whole: no number here has a fraction.

const THIN = '\u202f'

function grouped(digits) {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, THIN)
}

/** 318053 is "318 053". */
export function sats(amount) {
  return grouped(String(amount))
}

/** (20000, {currency: 'EUR', digits: 2}) is "200 EUR"; cents are shown where there are some. */
export function fiat(minor, {currency, digits}) {
  return `${plainFiat(minor, digits)}${'\u00a0'}${currency}`
}

/** The same without the currency. */
export function plainFiat(minor, digits) {
  const text = String(minor).padStart(digits + 1, '0')
  const whole = grouped(text.slice(0, text.length - digits))
  const rest = digits ? text.slice(-digits) : ''
  return /[1-9]/.test(rest) ? `${whole}.${rest}` : whole
}

/** "66650.00" is "66 650". */
export function price(text) {
  const [whole, rest = ''] = text.split('.')
  return /[1-9]/.test(rest) ? `${grouped(whole)}.${rest}` : grouped(whole)
}

/** 83 is "1:23". */
export function clock(seconds) {
  const left = Math.max(0, Math.ceil(seconds))
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
}
