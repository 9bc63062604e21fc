// @ts-check
// The tabs of the operator's page, in their order; each is a part `<name>-tab` with an address.
;(() => {
  const TABS = Object.freeze([
    {name: 'overview', icon: 'today'},
    {name: 'worklist', icon: 'rule'},
    {name: 'settlements', icon: 'receipt_long'},
    {name: 'earlier', icon: 'history', within: 'settlements'},
    {name: 'transactions', icon: 'payments'},
    {name: 'machines', icon: 'point_of_sale'},
    {name: 'lps', icon: 'groups'},
    {name: 'commission', icon: 'pie_chart'},
    {name: 'reports', icon: 'summarize'},
    {name: 'settings', icon: 'settings'},
    {name: 'platform', icon: 'account_balance', ofPlatform: true}
  ])

  /**
   * @param {Status | null} status
   * @returns {{name: string, icon: string, badge?: number}[]} with how much needs a hand, where it is listed
   */
  function shown(status) {
    const {matters, needs} = window.satmachine
    const tabs = TABS.filter(
      tab => !tab.within && (status?.is_platform || !tab.ofPlatform)
    )
    return tabs.map(tab =>
      tab.name === 'overview'
        ? {...tab, badge: needs.count(status, matters)}
        : tab
    )
  }

  /** @param {string | undefined} name @returns {string} that tab, or the first one */
  const known = name =>
    (TABS.find(tab => tab.name === name) ?? TABS[0]).name

  /** @param {string} name @returns {string} the tab of the menu that it is within, or itself */
  const listed = name =>
    TABS.find(tab => tab.name === name)?.within ?? name

  window.satmachine.tabs = Object.freeze({known, listed, shown})
})()
