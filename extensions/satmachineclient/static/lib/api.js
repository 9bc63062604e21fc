// @ts-check
// Every URL of the LP's back end, once. Returns data, throws http.ApiError; knows no UI.
// The shapes are docs/reference/api.md (lp-shapes.js); sats are integers, fiat and rates are strings.
;(() => {
  const BASE = '/satmachineclient/api/v1/dca-client'
  const {look, request, queryString} = window.satmachine.http
  const segment = encodeURIComponent

  /** @param {Preferences} preferences @returns {Preferences} from now on all times are on that clock */
  function onTheirClock(preferences) {
    const {onboarded, time_zone_in_use} = preferences
    window.satmachine.times.use(onboarded ? time_zone_in_use : null)
    return preferences
  }

  window.satmachine.clientApi = Object.freeze({
    /** @returns {Promise<Preferences>} */
    preferences: () =>
      request('GET', `${BASE}/preferences`).then(onTheirClock),
    /** @param {object} data @returns {Promise<Preferences>} */
    savePreferences: data =>
      request('PUT', `${BASE}/preferences`, data).then(onTheirClock),
    /** @param {object} query @returns {Promise<{data: Change[], total: number}>} */
    preferencesHistory: query =>
      request('GET', `${BASE}/preferences/history${queryString(query)}`),
    /** @param {string} address @returns {Promise<AddressTerms>} what it takes; nothing is paid */
    testAddress: address =>
      look('POST', `${BASE}/preferences/address/test`, {address}),
    /** @param {{address: string, password: string}} data as shown; of the account @returns {Promise<Preferences>} */
    confirmAddress: data =>
      request('POST', `${BASE}/preferences/address/confirm`, data),

    /** @param {object} query @returns {Promise<{data: Enrolment[], total: number}>} */
    enrolments: query =>
      request('GET', `${BASE}/enrolments${queryString(query)}`),
    /** @param {string} id @param {object} chosen @returns {Promise<Enrolment>} */
    acceptEnrolment: (id, chosen) =>
      request('POST', `${BASE}/enrolments/${segment(id)}/accept`, chosen),

    /** @param {string} token of an invitation's link @returns {Promise<Offer>} */
    lookAtInvitation: token => look('POST', `${BASE}/invitation/look`, {token}),
    /** @param {string} token @param {object} chosen @returns {Promise<Enrolment>} */
    acceptInvitation: (token, chosen) =>
      request('POST', `${BASE}/invitation/accept`, {token, ...chosen}),
    /** Switches this extension on for whoever is logged in. @returns {Promise<unknown>} */
    enable: () =>
      request('PUT', '/api/v1/extension/satmachineclient/enable'),

    /** @param {string} id @param {{reason: string}} data @returns {Promise<OwnCashEntry>} */
    disputeCash: (id, data) =>
      request('POST', `${BASE}/cash/${segment(id)}/dispute`, data),
    /** @param {string} id @returns {Promise<OwnCashEntry>} */
    withdrawDispute: id =>
      request('POST', `${BASE}/cash/${segment(id)}/withdraw-dispute`),

    /** @param {object} query @returns {Promise<{data: Position[], total: number}>} */
    positions: query =>
      request('GET', `${BASE}/positions${queryString(query)}`),
    /** @param {object} query @returns {Promise<{data: OwnCashEntry[], total: number}>} */
    cash: query => request('GET', `${BASE}/cash${queryString(query)}`),
    /** @param {object} query @returns {Promise<{data: Fill[], total: number}>} */
    fills: query => request('GET', `${BASE}/transactions${queryString(query)}`),
    /** @param {object} query @returns {Promise<{data: any[], total: number}>} of before the move */
    earlier: query => request('GET', `${BASE}/earlier${queryString(query)}`),

    /** @returns {Promise<Summary>} all machines together */
    summary: () => request('GET', `${BASE}/summary`),
    /** @param {string} channel of the summary @returns {string} where LNbits says that it changed */
    liveAddress: channel =>
      `${location.origin.replace(/^http/, 'ws')}/api/v1/ws/${segment(channel)}`,
    /** @param {string} period @returns {Promise<Chart>} */
    chart: period => request('GET', `${BASE}/chart${queryString({period})}`),
    /** @param {'transactions' | 'cash' | 'koinly' | 'earlier'} name @param {object} query
     * @returns {string} where that file is */
    csv: (name, query) => `${BASE}/reports/${name}.csv${queryString(query)}`,
    /** @returns {Promise<{data: {month: string, is_over: boolean}[]}>} the newest first */
    statements: () => request('GET', `${BASE}/statements`),
    /** @param {string} month @returns {Promise<Statement>} */
    statement: month =>
      request('GET', `${BASE}/statement${queryString({month})}`),
    /** @param {string} text @returns {Promise<Checked>} */
    checkStatement: text => look('POST', `${BASE}/statement/check`, {text})
  })
})()
