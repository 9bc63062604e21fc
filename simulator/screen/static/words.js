// What the machine says when it cannot do what was asked.

const SORRY = {
  out_of_notes: ['The notes do not suffice', 'The cassettes cannot make this amount. Please choose another one.'],
  too_few_sats: ['Too few sats', 'The machine cannot buy banknotes right now: its wallet holds too few sats. No note was taken.'],
  limit_exceeded: ['Above the limit', 'This is more than the machine may do at once, or today. Please choose a smaller amount.'],
  machine_inactive: ['Out of service', 'The operator has switched this machine off.'],
  implausible_rate: ['The price is in doubt', 'The rate is too far from what the machine sold at lately. Nothing was charged.'],
  unreachable: ['No network', 'The machine cannot reach its server. Nothing was charged; please come back in a moment.'],
  not_now: ['One moment', 'This cannot be done just now.'],
  note_given_back: ['The note comes back', 'The machine cannot take more than this.']
}

/** Heading and sentence of a refusal. */
export function sorry(code, detail) {
  return SORRY[code] ?? ['This did not work', detail || 'Please try again.']
}

/** A refusal in one sentence. */
export function said(refusal) {
  if (!refusal.code) return 'The machine does not answer.'
  return SORRY[refusal.code]?.[1] ?? refusal.message
}

const HELD = {
  above_threshold: 'Amounts of this size are looked at by the operator first.',
  above_transaction_limit: 'This is more than the machine takes at once, so the operator looks at it first.',
  above_hour_limit: 'The machine has taken much in the last hour, so the operator looks at it first.',
  above_day_limit: 'The machine has taken much today, so the operator looks at it first.',
  implausible_rate: 'The price is in doubt, so the operator looks at it first.'
}

/** Why a customer has to wait for the operator. */
export function heldFor(reason) {
  return HELD[reason] ?? 'The operator has to let this through first.'
}
