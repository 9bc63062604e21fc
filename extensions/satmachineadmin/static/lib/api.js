// @ts-check
// Every URL of the operator's back end, once. Returns data, throws http.ApiError; knows no UI.
// The shapes are docs/reference/api.md; sats are integers, fiat, rates and percent are strings.
;(() => {
  const BASE = '/satmachineadmin/api/v1/dca'
  const SPLITS = `${BASE}/commission-splits`
  const {look, request, queryString} = window.satmachine.http
  const segment = encodeURIComponent

  /** @param {string} path @returns {(query: object) => Promise<{data: any[], total: number}>} */
  const list = path => query =>
    request('GET', `${BASE}/${path}${queryString(query)}`)
  /** @param {string} path @returns {(data: object) => Promise<any>} */
  const post = (path, send = request) => data =>
    send('POST', `${BASE}/${path}`, data)
  /** @param {string} what @returns {(id: string, data: object) => Promise<any>} the sale afterwards */
  const act = (what, send = request) => (id, data) =>
    send('POST', `${BASE}/settlements/${segment(id)}/${what}`, data)
  /** @param {string} what @returns {(id: string, data: object) => Promise<Settlement>} */
  const actOnLeg = what => (id, data) =>
    request('POST', `${BASE}/payments/${segment(id)}/${what}`, data)
  /** @param {string} what @returns {(id: string, data: object) => Promise<any>} */
  const payOff = (what, send = request) => (id, data) =>
    send('POST', `${BASE}/clients/${segment(id)}/settle${what}`, data)

  /** @param {Settings} settings @returns {Settings} from now on all times are on that clock */
  function onTheirClock(settings) {
    const {updated_at, time_zone_in_use} = settings
    window.satmachine.times.use(updated_at ? time_zone_in_use : null)
    return settings
  }

  window.satmachine.adminApi = Object.freeze({
    // for lib/machine-api.js and lib/moving-api.js
    base: BASE,
    /** @returns {Promise<Status>} */
    status: () => request('GET', `${BASE}/status`),
    /** @param {{period: string}} query @returns {Promise<any>} the period against the one before */
    overview: query => request('GET', `${BASE}/overview${queryString(query)}`),
    /** @param {string} channel of the status @returns {string} where LNbits says that it changed */
    liveAddress: channel =>
      `${location.origin.replace(/^http/, 'ws')}/api/v1/ws/${segment(channel)}`,

    machines: list('machines'),
    /** @param {string} id @returns {Promise<Machine>} */
    machine: id => request('GET', `${BASE}/machines/${segment(id)}`),
    createMachine: post('machines'),
    earlierPayments: post('machines/earlier', look),
    /** @param {string} id @param {object} data @returns {Promise<Machine>} */
    updateMachine: (id, data) =>
      request('PUT', `${BASE}/machines/${segment(id)}`, data),

    /** @param {string} id @returns {Promise<{data: any[]}>} the wallets that it has and had */
    machineWallets: id =>
      request('GET', `${BASE}/machines/${segment(id)}/wallets`),
    /** @param {string} id @param {string} wallet @returns {Promise<{data: any[]}>} what is left */
    closeWallet: (id, wallet) => {
      const path = `${segment(id)}/wallets/${segment(wallet)}/close`
      return request('POST', `${BASE}/machines/${path}`)
    },
    /** @param {string} id @returns {Promise<any>} what its wallet holds and why */
    proof: id => request('GET', `${BASE}/machines/${segment(id)}/proof`),
    /** @param {string} id @returns {Promise<any>} the same, after a look at everything */
    checkMachine: id => request('POST', `${BASE}/machines/${segment(id)}/check`),
    worklist: list('worklist'),
    /** @param {string} id @param {string} what @param {object} [data] @returns {Promise<any>} */
    actOnMatter: (id, what, data) =>
      request('POST', `${BASE}/worklist/${segment(id)}/${what}`, data),

    /** @param {object} query
     * @returns {Promise<{data: Settlement[], total: number, searched: number | null}>} */
    settlements: query =>
      request('GET', `${BASE}/settlements${queryString(query)}`),
    /** @returns {Promise<{data: Settlement[], total: number}>} too long in the engine's hands */
    stuck: () => request('GET', `${BASE}/settlements/stuck`),
    /** @param {string} id @returns {Promise<Settlement>} */
    settlement: id => request('GET', `${BASE}/settlements/${segment(id)}`),
    /** @param {string} id @param {boolean} as_real_sale what a test needs @returns {Promise<Settlement>} */
    releaseSettlement: (id, as_real_sale) => {
      const query = as_real_sale ? queryString({as_real_sale}) : ''
      return request('POST', `${BASE}/settlements/${segment(id)}/release${query}`)
    },
    /** @type {(id: string, data: {reason: string, wallet_id?: string}) => Promise<Settlement>} */
    makeRefund: act('refund'),
    /** @param {string} id @returns {Promise<Settlement>} */
    cancelRefund: id =>
      request('POST', `${BASE}/settlements/${segment(id)}/refund/cancel`),

    previewAdoption: act('adopt/preview', look),
    adopt: act('adopt'),
    dismiss: act('dismiss'),
    previewRate: act('supply-rate/preview', look),
    supplyRate: act('supply-rate'),
    previewCorrection: act('correct/preview', look),
    correct: act('correct'),
    sweep: act('sweep'),
    /** @param {string} id @returns {Promise<object>} */
    previewSweep: id =>
      request('GET', `${BASE}/settlements/${segment(id)}/sweep`),
    /** @param {string} machine_id @returns {Promise<object>} */
    sweepable: machine_id =>
      request('GET', `${BASE}/sweepable${queryString({machine_id})}`),
    /** @returns {Promise<{data: object[]}>} */
    knownPayers: () => request('GET', `${BASE}/known-payers`),
    /** @param {string} id @returns {Promise<{data: object[]}>} what is left */
    forgetPayer: id => request('DELETE', `${BASE}/known-payers/${segment(id)}`),
    previewPayoff: payOff('/preview', look),
    settleBalance: payOff(''),
    /** @param {string} id the LP @param {string} leg @param {'retry' | 'release'} what */
    decidePayoff: (id, leg, what) => {
      const path = `${segment(id)}/settle/${segment(leg)}/${what}`
      return request('POST', `${BASE}/clients/${path}`)
    },

    /** @param {string | null} machine_id null: the default @returns {Promise<SplitSet>} in force */
    split: machine_id => request('GET', SPLITS + queryString({machine_id})),
    /** @param {object} data @returns {Promise<SplitSet>} */
    saveSplit: data => request('PUT', SPLITS, data),
    /** @param {string} machine_id @returns {Promise<SplitSet>} the default */
    dropSplit: machine_id =>
      request('DELETE', SPLITS + queryString({machine_id})),
    splitVersions: list('commission-splits/versions'),
    shareExample: post('commission-splits/example', look),
    whatIf: post('commission-splits/what-if', look),
    replaceTarget: post('commission-splits/replace-target'),

    clients: list('clients'),
    /** @param {string} id @returns {Promise<Client>} */
    client: id => request('GET', `${BASE}/clients/${segment(id)}`),
    inviteLp: post('clients'),
    /** @param {string} id @returns {Promise<Client & {link: string | null}>} with a new link */
    renewInvitation: id =>
      request('POST', `${BASE}/clients/${segment(id)}/invitation`),
    /** @param {string} id @param {object} data @returns {Promise<Client>} */
    changeClient: (id, data) =>
      request('PUT', `${BASE}/clients/${segment(id)}`, data),
    cash: list('deposits'),
    recordCash: post('deposits'),
    moveCash: post('deposits/move'),
    /** @param {string} id @param {'confirm' | 'cancel' | 'correct'} what @param {object} [data]
     * @returns {Promise<CashEntry>} */
    actOnCash: (id, what, data) =>
      request('POST', `${BASE}/deposits/${segment(id)}/${what}`, data),
    payments: list('payments'),

    /** @returns {Promise<Settings>} */
    settings: () => request('GET', `${BASE}/settings`).then(onTheirClock),
    /** @param {object} data @returns {Promise<Settings>} */
    saveSettings: data =>
      request('PUT', `${BASE}/settings`, data).then(onTheirClock),

    retrySettlement: act('retry'),
    forceReset: act('force-reset'),
    dispense: act('partial-dispense'),
    /** @type {(id: string, data: object) => Promise<DispensePreview>} */
    previewDispense: act('partial-dispense/preview', look),
    addNote: act('notes'),
    releaseLeg: actOnLeg('release'),
    keepLeg: actOnLeg('keep'),

    /** @returns {Promise<SuperConfig>} */
    superConfig: () => request('GET', `${BASE}/super-config`),
    /** @param {object} data @returns {Promise<SuperConfig>} */
    saveSuperConfig: data => request('PUT', `${BASE}/super-config`, data),

    /** @param {string} table @param {object} query @returns {string} where that file is */
    csv: (table, query) =>
      `${BASE}/reports/${segment(table)}.csv${queryString(query)}`,
    /** @returns {Promise<{data: any[]}>} all months, the newest first */
    months: () => request('GET', `${BASE}/reports/months`),
    /** @param {string} month @returns {Promise<any>} its figures */
    month: month => request('GET', `${BASE}/reports/month${queryString({month})}`),
    /** @param {string} month @returns {string} where that file is */
    monthCsv: month => `${BASE}/reports/month.csv${queryString({month})}`,
    /** @param {string} month @returns {Promise<any>} its figures, frozen */
    closeMonth: month => request('POST', `${BASE}/reports/month/close`, {month}),
    /** @param {string} form @param {object} query @returns {string} where that journal is */
    journal: (form, query) =>
      `${BASE}/reports/journal.${segment(form)}${queryString(query)}`,
    events: list('audit-events'),
    previewImport: post('imports/preview', look),
    importFiles: post('imports'),

    /** @returns {Promise<any>} how the platform stands to the caller */
    askForApproval: () => request('POST', `${BASE}/approval`),
    operators: list('operators'),
    /** @param {string} username */
    addOperator: username => request('POST', `${BASE}/operators`, {username}),
    /** @param {string} id */
    approveOperator: id =>
      request('POST', `${BASE}/operators/${segment(id)}/approve`),
    /** @param {string} id @param {string} reason */
    withdrawOperator: (id, reason) =>
      request('POST', `${BASE}/operators/${segment(id)}/withdraw`, {reason}),

    /** @returns {Promise<TrailVerdict>} */
    verifyAudit: () => request('POST', `${BASE}/audit/verify`)
  })
})()
