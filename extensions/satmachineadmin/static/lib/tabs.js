// @ts-check
// The tabs of the operator's page, in their order; each is a part `<name>-tab` with an address.
;(() => {
  const TABS = Object.freeze([
    {name: 'overview', icon: 'today'},
    {name: 'worklist', icon: 'rule'},
    {name: 'settlements', icon: 'receipt_long'},
    {name: 'machines', icon: 'point_of_sale'},
    {name: 'lps', icon: 'groups'},
    {name: 'commission', icon: 'pie_chart'},
    {name: 'reports', icon: 'summarize'},
    {name: 'platform', icon: 'account_balance', ofPlatform: true}
  ])

  /** @param {boolean | undefined} isPlatform @returns {{name: string, icon: string}[]} */
  const shown = isPlatform => TABS.filter(tab => isPlatform || !tab.ofPlatform)

  /** @param {string | undefined} name @returns {string} that tab, or the first one */
  const known = name =>
    (TABS.find(tab => tab.name === name) ?? TABS[0]).name

  window.satmachine.tabs = Object.freeze({known, shown})
})()
