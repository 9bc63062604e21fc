// @ts-check
// A change of the preferences in plain words: what it was, and what it became.
;(() => {
  /**
   * @typedef {object} Words what the page knows and this does not
   * @property {(key: string) => string} t
   * @property {(id: string) => string | null} walletName
   * @property {(sats: number) => string} sats
   * @property {(amount: string, currency: string) => string} fiat
   *
   * @typedef {{field: string, before: any, after: any}} FieldChange
   */

  /** @param {string} id @returns {string} of a wallet that is gone, or somebody else's */
  const short = id => (id.length > 12 ? `${id.slice(0, 6)}…${id.slice(-4)}` : id)

  /** @type {Record<string, (value: any, words: Words) => string>} the other fields are said as they are */
  const SAID = {
    dca_wallet_id: (id, {walletName}) => walletName(id) ?? short(id),
    default_dca_mode: (mode, {t}) => t(`satmachineclient.pace.mode.${mode}`),
    fixed_mode_daily_limit: ({amount, currency}, {fiat}) =>
      fiat(amount, currency),
    autoforward_enabled: (on, {t}) =>
      t(on ? 'satmachineclient.history.on' : 'satmachineclient.history.off'),
    autoforward_min_sats: (least, {sats}) => sats(least),
    notifications: (which, {t}) => t(`satmachineclient.notices.which.${which}`)
  }

  /** @param {string} field @param {any} value @param {Words} words */
  function said(field, value, words) {
    if (value == null) return words.t('satmachineclient.history.nothing')
    return SAID[field]?.(value, words) ?? String(value)
  }

  /** @param {FieldChange[]} changes @returns {FieldChange[]} an amount with its currency: two fields, one line */
  function withCurrency(changes) {
    const of = (/** @type {string} */ name) =>
      changes.find(({field}) => field === name)
    const limit = of('fixed_mode_daily_limit')
    const currency = of('fixed_mode_currency')
    if (!limit || !currency) return changes
    const at = (/** @type {'before' | 'after'} */ time) =>
      limit[time] === null
        ? null
        : {amount: limit[time], currency: currency[time]}
    return changes
      .filter(change => change !== currency)
      .map(change =>
        change === limit
          ? {...limit, before: at('before'), after: at('after')}
          : change
      )
  }

  /**
   * @param {FieldChange[]} changes
   * @param {Words} words
   * @returns {{field: string, before: string | null, after: string}[]} `before` is null where there was
   *   nothing: then it was chosen, not changed
   */
  const lines = (changes, words) =>
    withCurrency(changes).map(({field, before, after}) => ({
      field,
      before: before == null ? null : said(field, before, words),
      after: said(field, after, words)
    }))

  const lib = Object.freeze({lines})
  if (typeof module !== 'undefined') module.exports = lib
  else window.satmachine.changes = lib
})()
