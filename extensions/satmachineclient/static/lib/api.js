// @ts-check
// Every URL of the LP's back end, once. Returns data, throws http.ApiError; knows no UI.
// The shapes are docs/reference/api.md; sats are integers, fiat and rates are strings.
;(() => {
  /**
   * @typedef {object} Preferences
   * @property {boolean} onboarded
   * @property {string | null} dca_wallet_id
   * @property {'flow' | 'fixed'} default_dca_mode
   * @property {string | null} fixed_mode_daily_limit
   * @property {string | null} fixed_mode_currency
   * @property {string | null} autoforward_ln_address
   * @property {boolean} autoforward_enabled
   * @property {number} autoforward_min_sats
   * @property {number} autoforward_gathering_sats
   * @property {string | null} updated_at
   *
   * @typedef {object} Enrolment
   * @property {string} id
   * @property {string} operator_name
   * @property {string} machine_name
   * @property {string} currency
   * @property {string} status
   * @property {string} created_at
   *
   * @typedef {object} Offer
   * @property {string} operator_name
   * @property {string} machine_name
   * @property {string} machine_location
   * @property {string} currency
   * @property {boolean} onboarded
   * @property {string} expires_at
   *
   * @typedef {object} Position
   * @property {string} enrolment_id
   * @property {string} machine_name
   * @property {string} currency
   * @property {string} status
   * @property {string} confirmed
   * @property {string} pending
   * @property {string} paid
   * @property {string} reserved
   * @property {string} leaving
   * @property {string} remaining
   * @property {number} received_sats
   * @property {number} fills
   * @property {boolean} takes_part
   * @property {string | null} no_part_reason
   * @property {string | null} daily_limit
   * @property {string | null} drawn_today
   *
   * @typedef {object} OwnCashEntry
   * @property {string} id
   * @property {string} machine_name
   * @property {string} kind
   * @property {string} status
   * @property {string} currency
   * @property {string} cash_date
   * @property {string} amount
   * @property {string | null} reason
   * @property {string | null} dispute_reason
   * @property {boolean} can_dispute
   * @property {boolean} can_withdraw
   * @property {string} created_at
   * @property {string | null} confirmed_at
   *
   * @typedef {object} Fill
   * @property {string} id
   * @property {'dca' | 'settlement' | 'autoforward'} leg_type
   * @property {number | null} sent_sats
   * @property {number | null} fee_msat
   * @property {number | null} kept_msat
   * @property {string | null} destination_ln_address
   * @property {{machine_name: string, sats: number, arrived_at: string}[]} passes_on
   * @property {string} machine_name
   * @property {string} state
   * @property {number} sats
   * @property {string | null} fiat_amount
   * @property {string | null} currency
   * @property {string | null} exchange_rate
   * @property {string | null} payment_hash
   * @property {string | null} error_message
   * @property {string} created_at
   * @property {string | null} completed_at
   */

  const BASE = '/satmachineclient/api/v1/dca-client'
  const {request, queryString} = window.satmachine.http
  const segment = encodeURIComponent

  window.satmachine.clientApi = Object.freeze({
    /** @returns {Promise<Preferences>} */
    preferences: () => request('GET', `${BASE}/preferences`),
    /** @param {object} data @returns {Promise<Preferences>} */
    savePreferences: data => request('PUT', `${BASE}/preferences`, data),

    /** @param {object} query @returns {Promise<{data: Enrolment[], total: number}>} */
    enrolments: query =>
      request('GET', `${BASE}/enrolments${queryString(query)}`),
    /** @param {string} id @returns {Promise<Enrolment>} */
    acceptEnrolment: id =>
      request('POST', `${BASE}/enrolments/${segment(id)}/accept`),

    /** @param {string} token of an invitation's link @returns {Promise<Offer>} */
    lookAtInvitation: token => request('POST', `${BASE}/invitation/look`, {token}),
    /** @param {string} token @returns {Promise<Enrolment>} */
    acceptInvitation: token =>
      request('POST', `${BASE}/invitation/accept`, {token}),
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
    fills: query => request('GET', `${BASE}/transactions${queryString(query)}`)
  })
})()
