// @ts-check
// The shapes of docs/reference/api.md, for the type checker alone: no page loads this. A machine's
// own are in lib/machine-shapes.js.
/**
 * @typedef {object} Status
 * @property {string} version
 * @property {boolean} is_platform
 * @property {string} live_channel
 * @property {'fast' | 'slow'} payout_way
 * @property {string} payout_way_reason
 * @property {'active' | 'standby' | 'stopped'} runner
 * @property {string} runner_detail
 * @property {string | null} last_scan_at
 * @property {{policy: 'open' | 'approved', standing: string, may_begin: boolean}} operator
 * @property {{target: string, label: string, legs: number, sats: number, error_message: string | null}[]} failing
 * @property {{name: string, where: string, tables: number}[]} predecessor that nothing was taken over from
 * @property {Record<'machines' | 'paused' | 'open' | 'waiting' | 'test' | 'held' | 'errored' | 'rejected' | 'processed', number>} totals
 * @property {{sales: number, wire_sats: number, commission_sats: number, fiat: {currency: string, amount: string}[]}} today
 *
 * @typedef {object} SplitSet
 * @property {string | null} id
 * @property {string | null} machine_id
 * @property {string | null} machine_name
 * @property {boolean} is_override
 * @property {number} version
 * @property {string | null} created_at
 * @property {string | null} created_by
 * @property {string | null} retired_at
 * @property {{position: number, target: string, target_kind: string, label: string, share_pct: string}[]} splits
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
 * @property {string | null} corrected_rate
 * @property {'stamp' | 'signed' | 'fallback' | 'adopted'} origin
 * @property {string | null} payer
 * @property {number | null} split_version
 * @property {boolean | null} split_is_override
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
 * @typedef {object} AuditEvent
 * @property {number} id its place in the trail
 * @property {string} at
 * @property {string} actor
 * @property {string} event
 * @property {string} subject_kind
 * @property {string | null} subject_id
 * @property {Record<string, unknown>} before
 * @property {Record<string, unknown>} after
 *
 * @typedef {object} TrailVerdict
 * @property {boolean} ok
 * @property {number} events
 * @property {string | null} last_sound_at
 * @property {number | null} broken_seq
 * @property {string | null} fault
 * @property {string | null} detail
 *
 * @typedef {object} Client
 * @property {string} id
 * @property {string} machine_id
 * @property {string} machine_name
 * @property {string} lp_ref
 * @property {string} username
 * @property {'invited' | 'active' | 'paused' | 'ended'} status
 * @property {boolean} onboarded
 * @property {boolean} takes_part
 * @property {string | null} no_part_reason
 * @property {string} currency
 * @property {Record<'currency' | 'confirmed' | 'pending' | 'paid' | 'reserved' | 'leaving' | 'remaining', string>} balance
 * @property {number} received_sats
 * @property {number} fills
 * @property {string | null} share_pct
 * @property {number | null} days_left
 * @property {{expires_at: string, is_expired: boolean} | null} invitation
 * @property {string | null} accepted_at
 * @property {string} created_at
 *
 * @typedef {object} CashEntry
 * @property {string} id
 * @property {string} client_id
 * @property {string} username
 * @property {string} machine_name
 * @property {string} kind
 * @property {string} status
 * @property {string} amount
 * @property {string | null} corrected_amount
 * @property {string} currency
 * @property {string} cash_date
 * @property {string} notes
 * @property {string | null} settlement_id
 * @property {{username: string, machine_name: string} | null} counterpart
 * @property {boolean} can_confirm
 * @property {boolean} can_cancel
 * @property {boolean} can_correct
 * @property {string | null} dispute_reason
 * @property {string} created_at
 */
