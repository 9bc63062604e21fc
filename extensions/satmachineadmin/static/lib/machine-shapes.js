// @ts-check
// The shapes of docs/reference/api.md that machines are about, for the type checker alone: no page loads
// this.
/**
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
 * @property {string | null} fallback_commission_pct
 * @property {string} payout_policy
 * @property {number} payout_delay_minutes
 * @property {number} dispense_report_minutes
 * @property {boolean} maintenance
 * @property {boolean} active
 * @property {number | null} balance_sats
 * @property {string | null} balance_at
 * @property {number | null} difference_msat
 * @property {string | null} payouts_paused_at
 * @property {string} scan_from
 * @property {number} settlements
 * @property {string | null} last_sale_at
 * @property {string} created_at
 * @property {MachineKey} key
 * @property {{cash_out: Limits, cash_in: Limits}} limits
 *
 * @typedef {object} MachineKey whether it signs, and when it was last heard of
 * @property {string | null} npub
 * @property {string | null} paired_at
 * @property {string | null} pairing_expires_at
 * @property {boolean} takes_unsigned
 * @property {string | null} seen_at
 * @property {string | null} software
 * @property {string | null} screen
 * @property {boolean} is_silent
 * @property {number} silent_minutes
 *
 * @typedef {Record<'transaction' | 'hour' | 'day' | 'hold_above', string | null>} Limits in fiat
 *
 * @typedef {object} PairingCode
 * @property {string | null} code null where the answer that told it was lost
 * @property {string | null} url what its QR code says
 * @property {string} expires_at
 *
 * @typedef {object} CashUnit
 * @property {'cassette' | 'box'} unit
 * @property {string} denomination
 * @property {number | null} expected
 * @property {number | null} reported
 * @property {number | null} difference
 * @property {number | null} capacity
 * @property {{at: string | null, count: number | null, refilled: number, dispensed: number,
 *   taken: number}} since what the expected count is made of
 * @property {string | null} notes_a_day
 * @property {string | null} runs_out_on
 *
 * @typedef {object} CashPosition
 * @property {string} currency
 * @property {string} today on the operator's clock
 * @property {string | null} reported_at
 * @property {string | null} expected_total
 * @property {string | null} reported_total
 * @property {string} operators_own
 * @property {CashUnit[]} units
 * @property {string | null} box_full_on
 * @property {{at: string, unit: string, denomination: string, kind: string, count: number,
 *   difference: number | null, note: string, by: string | null}[]} movements
 *
 * @typedef {object} MachineTransaction
 * @property {string} id
 * @property {string} txid
 * @property {string} machine_id
 * @property {string} machine_name
 * @property {'cash_out' | 'cash_in'} tx_type
 * @property {string} state
 * @property {string} currency
 * @property {string} fiat_amount
 * @property {string} exchange_rate
 * @property {number} principal_sats
 * @property {number} fee_sats
 * @property {number} wire_sats
 * @property {string | null} held_for
 * @property {boolean} is_claimed
 * @property {string | null} error_message
 * @property {string | null} lnurl
 * @property {string | null} expires_at
 * @property {'complete' | 'partial' | 'failed' | null} dispense
 * @property {string | null} dispensed_amount
 * @property {string | null} settlement_id
 * @property {boolean} can_release
 * @property {boolean} can_extend
 * @property {boolean} can_give_back
 * @property {string} created_at
 * @property {string} updated_at
 * @property {string | null} paid_at
 * @property {{id: string, denomination: string, taken_at: string}[]} [notes]
 * @property {{at: string, event: string, actor: string, sentence: string}[]} [timeline]
 */
