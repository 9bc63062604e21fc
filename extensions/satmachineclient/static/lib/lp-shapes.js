// @ts-check
// The shapes of docs/reference/api.md, for the type checker alone: no page loads this.
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
 * @property {string | null} autoforward_next_address
 * @property {string | null} autoforward_next_at
 * @property {string} time_zone
 * @property {string} time_zone_in_use
 * @property {'each' | 'daily' | 'problems' | 'none'} notifications
 * @property {{channel: string, is_set: boolean, is_open: boolean}[]} channels
 * @property {boolean} has_password
 * @property {string | null} updated_at
 *
 * @typedef {object} Change
 * @property {string} at
 * @property {'chosen' | 'confirmed' | 'waited' | 'moved'} how
 * @property {{field: string, before: any, after: any}[]} changes
 *
 * @typedef {object} AddressTerms
 * @property {string} address
 * @property {string} kind
 * @property {number} least_sats
 * @property {number} most_sats
 * @property {boolean} is_here
 *
 * @typedef {object} Enrolment
 * @property {string} id
 * @property {string} operator_name
 * @property {string} machine_name
 * @property {string | null} machine_location
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
 * @typedef {object} LpFigures of one machine, or of all of one currency
 * @property {string} currency
 * @property {string} confirmed
 * @property {string} pending
 * @property {string} paid
 * @property {string} reserved
 * @property {string} leaving
 * @property {string} remaining
 * @property {number} received_sats
 * @property {number} forwarded_sats
 * @property {number} fills
 * @property {string | null} average_rate
 * @property {string | null} rate_now
 * @property {string | null} value_now
 * @property {number | null} days_left
 *
 * @typedef {object} Summary
 * @property {number} received_sats
 * @property {number} forwarded_sats
 * @property {number} fills
 * @property {string} live_channel
 * @property {Fill[]} waiting the newest
 * @property {number} waiting_total
 * @property {LpFigures[]} currencies
 *
 * @typedef {object} Chart
 * @property {string} period
 * @property {string} since
 * @property {string} until
 * @property {number} step_seconds
 * @property {{at: string, sats: number}[]} sats
 * @property {ChartOfCurrency[]} currencies
 *
 * @typedef {object} ChartOfCurrency
 * @property {string} currency
 * @property {string | null} average_rate
 * @property {{at: string, left: string}[]} cash
 * @property {{at: string, rate: string, sats: number, fiat_amount: string, fills: number}[]} fills
 *
 * @typedef {object} Statement
 * @property {string} month
 * @property {string} since
 * @property {string} until
 * @property {string} time_zone
 * @property {boolean} is_over
 * @property {string} sha256
 * @property {string} text
 * @property {{line: string, [field: string]: any}[]} lines
 *
 * @typedef {object} Checked
 * @property {'unchanged' | 'changed' | 'not_yours'} verdict
 * @property {string | null} month
 * @property {string | null} sha256
 * @property {string | null} sha256_now
 * @property {{before: object | null, after: object | null}[]} changes
 *
 * @typedef {object} OwnPart
 * @property {string} enrolment_id
 * @property {string} operator_name
 * @property {string} machine_name
 * @property {string} status
 * @property {boolean} takes_part
 * @property {string | null} no_part_reason
 * @property {string | null} daily_limit
 * @property {string | null} drawn_today
 *
 * @typedef {OwnPart & LpFigures} Position
 *
 * @typedef {object} OwnCashEntry
 * @property {string} id
 * @property {string} enrolment_id
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
 * @property {string} enrolment_id
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
 * @property {string | null} day_rate
 * @property {string | null} premium_pct
 * @property {string | null} payment_hash
 * @property {string | null} waits_code
 * @property {string | null} error_code
 * @property {string | null} error_message
 * @property {string} created_at
 * @property {string | null} completed_at
 */
