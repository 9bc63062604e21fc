// @ts-check
// The LP's own wallets. A shared one is a mirror of somebody else's: sats cannot arrive there.
;(() => {
  const SHARED = 'lightning-shared'

  /** @typedef {{id: string, name: string, walletType?: string}} Wallet */

  /**
   * @param {Wallet[]} wallets of whoever is logged in, in LNbits' order
   * @returns {{value: string, label: string}[]} to choose from; the first one is suggested
   */
  const choosable = wallets =>
    wallets
      .filter(wallet => wallet.walletType !== SHARED)
      .map(({id, name}) => ({value: id, label: `${name} · ${id.slice(0, 6)}…`}))

  /**
   * @param {Wallet[]} wallets
   * @param {string | null} id
   * @returns {string | null} null where it is not one of them
   */
  const nameOf = (wallets, id) =>
    wallets.find(wallet => wallet.id === id)?.name ?? null

  const lib = Object.freeze({choosable, nameOf})
  if (typeof module !== 'undefined') module.exports = lib
  else window.satmachine.wallets = lib
})()
