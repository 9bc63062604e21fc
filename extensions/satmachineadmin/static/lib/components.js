// @ts-check
// What the operator's page is made of: a template and a script each, fetched when it is first shown.
;(() => {
  // prettier-ignore
  const PARTS = [
    'state-chip', 'time-text', 'copy-text', 'error-note', 'form-card', 'overview-tab', 'needs-card',
    'settlements-tab', 'sale-filters', 'settlement-drawer', 'settlement-tree', 'leg-row',
    'settlement-actions', 'retry-form', 'dispense-form', 'reason-form', 'note-form', 'refund-card',
    'sale-corrections', 'sale-raw', 'sale-receipt', 'figures-dialog', 'machine-lps', 'machine-kept',
    'known-payers', 'machines-tab', 'machine-form', 'day-card', 'proof-card', 'commission-tab',
    'split-form', 'split-line', 'split-history', 'what-if-card', 'platform-tab', 'audit-card',
    'worklist-tab', 'stuck-list', 'reports-tab', 'report-files', 'report-months', 'report-audit',
    'lps-tab', 'lp-next', 'lp-drawer', 'lp-invite', 'lp-link', 'lp-rename', 'cash-ledger',
    'cash-form', 'cash-correct', 'cash-waiting', 'cash-position', 'cash-movements', 'cash-refill',
    'cash-count', 'payoff-dialog', 'machine-page', 'machine-facts',
    'machine-sales', 'machine-wallets', 'operators-card', 'operator-form', 'approval-note',
    'machine-earlier', 'report-import', 'import-rows', 'import-done', 'figures-card',
    'figures-charts', 'bar-chart', 'overview-machines', 'first-steps', 'page-menu', 'settings-tab',
    'notices-card', 'ago-text', 'key-card', 'pair-dialog', 'limits-card', 'limits-form',
    'machine-owing', 'machine-matters', 'transactions-tab', 'transaction-drawer', 'transaction-actions',
    'transaction-link', 'paper-slip', 'sale-signed', 'refund-form', 'moving-card', 'moving-page',
    'moving-report', 'moving-hands', 'moving-table', 'earlier-tab', 'earlier-drawer', 'earlier-link'
  ]

  // What a tab shows first, within it too: fetched at once, not one after the other.
  // prettier-ignore
  const FIRST = {
    overview: [
      'needs-card', 'figures-card', 'figures-charts', 'bar-chart', 'overview-machines', 'proof-card',
      'state-chip', 'time-text'
    ],
    worklist: ['time-text', 'stuck-list'],
    settlements: ['sale-filters', 'state-chip', 'time-text'],
    earlier: ['state-chip', 'time-text'],
    transactions: ['state-chip', 'time-text'],
    machines: ['state-chip', 'time-text'],
    lps: ['lp-next', 'cash-waiting', 'state-chip'],
    commission: ['split-form', 'split-line', 'what-if-card'],
    reports: ['report-files'],
    settings: ['day-card', 'notices-card'],
    platform: ['moving-card', 'operators-card', 'audit-card', 'state-chip', 'time-text']
  }

  /** @param {string} tab @returns {string[]} the parts that a page needs before it shows something */
  const first = tab => ['page-menu', `${tab}-tab`, ...FIRST[tab]]

  window.satmachine.components = Object.freeze(PARTS)
  window.satmachine.firstParts = first
})()
