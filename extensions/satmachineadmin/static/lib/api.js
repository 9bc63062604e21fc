// @ts-check
// Every URL of the operator's back end, once. Returns data, throws http.ApiError; knows no UI.
// The shapes are docs/reference/api.md; sats are integers, fiat, rates and percent are strings.
;(() => {
  /**
   * @typedef {object} Status
   * @property {string} version
   * @property {boolean} is_platform
   * @property {string} user_name
   * @property {'fast' | 'slow'} payout_way
   * @property {string} payout_way_reason
   * @property {'active' | 'standby' | 'stopped'} runner
   * @property {string} runner_detail
   * @property {string | null} last_scan_at
   * @property {{where: string, tables: number}[]} predecessor
   * @property {Record<'machines' | 'open' | 'waiting' | 'test' | 'held' | 'errored' | 'rejected' | 'processed', number>} totals
   * @property {{sales: number, wire_sats: number, commission_sats: number, fiat: {currency: string, amount: string}[]}} today
   *
   * @typedef {object} Machine
   * @property {string} id
   * @property {string} name
   * @property {string | null} location
   * @property {string} wallet_id
   * @property {string | null} wallet_name
   * @property {string} currency
   * @property {string | null} npub
   * @property {string} cash_out_fee_pct
   * @property {string} cash_in_fee_pct
   * @property {string | null} reference_rate
   * @property {string} rate_tolerance_pct
   * @property {string} payout_policy
   * @property {number} payout_delay_minutes
   * @property {number} dispense_report_minutes
   * @property {boolean} maintenance
   * @property {boolean} active
   * @property {number | null} balance_sats
   * @property {string} scan_from
   * @property {number} settlements
   * @property {string | null} last_sale_at
   * @property {string} created_at
   *
   * @typedef {object} Leg
   * @property {string} id
   * @property {string} leg_type
   * @property {string} state
   * @property {string | null} reason
   * @property {number} sats
   * @property {number | null} fee_msat
   * @property {number | null} fee_unused_msat
   * @property {string | null} fiat_amount
   * @property {string | null} currency
   * @property {string | null} recipient
   * @property {string | null} share_pct
   * @property {string | null} payment_hash
   * @property {string | null} error_message
   * @property {string | null} completed_at
   * @property {string | null} note
   * @property {string | null} kept_at
   * @property {string[]} [actions]
   *
   * @typedef {object} Settlement
   * @property {string} id
   * @property {string} machine_id
   * @property {string} machine_name
   * @property {string} state
   * @property {string | null} reason
   * @property {'cash_out' | 'cash_in' | null} tx_type
   * @property {number} wire_sats
   * @property {number | null} principal_sats
   * @property {number | null} commission_sats
   * @property {number | null} host_fee_msat
   * @property {number | null} retained_sats
   * @property {string | null} fiat_amount
   * @property {string | null} currency
   * @property {string | null} exchange_rate
   * @property {string | null} super_fee_pct
   * @property {'commission' | 'principal'} super_fee_basis
   * @property {number | null} commission_difference_sats
   * @property {boolean} is_test
   * @property {string | null} next_try_at
   * @property {string | null} txid
   * @property {string} payment_hash
   * @property {string | null} error_message
   * @property {string} paid_at
   * @property {number} legs_total
   * @property {number} legs_completed
   * @property {number} legs_failed
   * @property {string | null} next_try_at
   * @property {string[]} [actions]
   * @property {Leg[]} [legs]
   * @property {{at: string, event: string, actor: string, sentence: string}[]} [timeline]
   *
   * @typedef {object} Settings
   * @property {string} time_zone
   * @property {string} time_zone_in_use
   * @property {string} today
   * @property {string | null} updated_at
   *
   * @typedef {object} Figures
   * @property {number} principal_sats
   * @property {number} commission_sats
   * @property {number} platform_fee_sats
   * @property {number} operator_fee_sats
   * @property {string | null} fiat_amount
   *
   * @typedef {object} DispensePreview
   * @property {string} currency
   * @property {number} wire_sats
   * @property {number} dispensed_sats
   * @property {number} undispensed_sats
   * @property {number} withdrawn_legs
   * @property {Figures} landed
   * @property {Figures} before
   * @property {Figures} after
   *
   * @typedef {object} SuperConfig
   * @property {string} super_fee_pct on a cash-out
   * @property {string} super_fee_cash_in_pct
   * @property {'commission' | 'principal'} super_fee_basis
   * @property {string | null} super_fee_wallet_id
   * @property {number} version
   * @property {string | null} updated_at
   *
   * @typedef {object} TrailVerdict
   * @property {boolean} ok
   * @property {number} events
   * @property {string | null} last_sound_at
   * @property {number | null} broken_seq
   * @property {string | null} fault
   * @property {string | null} detail
   */

  const BASE = '/satmachineadmin/api/v1/dca'
  const {request, queryString} = window.satmachine.http
  const segment = encodeURIComponent

  /** @param {string} what @returns {(id: string, data: object) => Promise<any>} the sale afterwards */
  const act = what => (id, data) =>
    request('POST', `${BASE}/settlements/${segment(id)}/${what}`, data)
  /** @param {string} what @returns {(id: string, data: object) => Promise<Settlement>} */
  const actOnLeg = what => (id, data) =>
    request('POST', `${BASE}/payments/${segment(id)}/${what}`, data)

  window.satmachine.adminApi = Object.freeze({
    /** @returns {Promise<Status>} */
    status: () => request('GET', `${BASE}/status`),

    /** @param {object} query @returns {Promise<{data: Machine[], total: number}>} */
    machines: query => request('GET', `${BASE}/machines${queryString(query)}`),
    /** @param {string} id @returns {Promise<Machine>} */
    machine: id => request('GET', `${BASE}/machines/${segment(id)}`),
    /** @param {object} data @returns {Promise<Machine>} */
    createMachine: data => request('POST', `${BASE}/machines`, data),
    /** @param {string} id @param {object} data @returns {Promise<Machine>} */
    updateMachine: (id, data) =>
      request('PUT', `${BASE}/machines/${segment(id)}`, data),

    /** @param {object} query @returns {Promise<{data: Settlement[], total: number}>} */
    settlements: query =>
      request('GET', `${BASE}/settlements${queryString(query)}`),
    /** @param {string} id @returns {Promise<Settlement>} */
    settlement: id => request('GET', `${BASE}/settlements/${segment(id)}`),
    /** @param {string} id @param {boolean} as_real_sale what a test needs @returns {Promise<Settlement>} */
    releaseSettlement: (id, as_real_sale) => {
      const query = as_real_sale ? queryString({as_real_sale}) : ''
      return request('POST', `${BASE}/settlements/${segment(id)}/release${query}`)
    },
    /** @param {string} id @returns {Promise<Settlement>} */
    releaseSettlement: id =>
      request('POST', `${BASE}/settlements/${segment(id)}/release`),
    /** @param {string} id @param {string} reason @returns {Promise<Settlement>} */
    makeRefund: (id, reason) =>
      request('POST', `${BASE}/settlements/${segment(id)}/refund`, {reason}),
    /** @param {string} id @returns {Promise<Settlement>} */
    cancelRefund: id =>
      request('POST', `${BASE}/settlements/${segment(id)}/refund/cancel`),

    /** @returns {Promise<Settings>} */
    settings: () => request('GET', `${BASE}/settings`),
    /** @param {object} data @returns {Promise<Settings>} */
    saveSettings: data => request('PUT', `${BASE}/settings`, data),

    retrySettlement: act('retry'),
    forceReset: act('force-reset'),
    dispense: act('partial-dispense'),
    /** @type {(id: string, data: object) => Promise<DispensePreview>} */
    previewDispense: act('partial-dispense/preview'),
    addNote: act('notes'),
    releaseLeg: actOnLeg('release'),
    keepLeg: actOnLeg('keep'),

    /** @returns {Promise<SuperConfig>} */
    superConfig: () => request('GET', `${BASE}/super-config`),
    /** @param {object} data @returns {Promise<SuperConfig>} */
    saveSuperConfig: data => request('PUT', `${BASE}/super-config`, data),

    /** @returns {Promise<TrailVerdict>} */
    verifyAudit: () => request('POST', `${BASE}/audit/verify`)
  })
})()
