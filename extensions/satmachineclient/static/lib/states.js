// @ts-check
// A state → its word (key of a text), colour and icon. Colour says only: positive = done,
// warning = waits for somebody, negative = failed, grey = nothing to do.
;(() => {
  /** @typedef {{label: string, color: string, icon: string, known: boolean}} Look */

  /** @type {Record<string, Record<string, [color: string, icon: string]>>} */
  const LOOKS = {
    settlement: {
      pending: ['grey', 'schedule'],
      held: ['warning', 'pan_tool'],
      processing: ['grey', 'sync'],
      processed: ['positive', 'check_circle'],
      errored: ['negative', 'error'],
      rejected: ['warning', 'help'],
      dismissed: ['grey', 'visibility_off']
    },
    mark: {
      test: ['grey', 'science'],
      commission_differs: ['grey', 'price_change']
    },
    leg: {
      pending: ['grey', 'schedule'],
      paying: ['grey', 'sync'],
      completed: ['positive', 'check_circle'],
      failed: ['negative', 'error'],
      unresolved: ['warning', 'help'],
      skipped: ['grey', 'savings'],
      voided: ['grey', 'block'],
      refunded: ['grey', 'undo']
    },
    machine: {
      active: ['positive', 'check_circle'],
      inactive: ['grey', 'power_settings_new'],
      maintenance: ['warning', 'build'],
      silent: ['negative', 'wifi_off'],
      paused: ['negative', 'pause_circle']
    },
    key: {
      unpaired: ['grey', 'link_off'],
      pairing: ['warning', 'hourglass_top'],
      paired: ['positive', 'vpn_key'],
      silent: ['negative', 'wifi_off'],
      revoked: ['negative', 'block']
    },
    transaction: {
      invoiced: ['grey', 'qr_code'],
      collecting: ['grey', 'payments'],
      held: ['warning', 'pan_tool'],
      offered: ['grey', 'qr_code'],
      paid: ['positive', 'check_circle'],
      cancelled: ['grey', 'block'],
      expired: ['grey', 'timer_off'],
      // a cash-in's link that is over: the customer's cash is in the machine
      lapsed: ['warning', 'timer_off']
    },
    enrolment: {
      invited: ['warning', 'mail'],
      active: ['positive', 'check_circle'],
      paused: ['grey', 'pause_circle'],
      ended: ['grey', 'stop_circle']
    },
    cash: {
      pending: ['warning', 'schedule'],
      confirmed: ['positive', 'check_circle'],
      cancelled: ['grey', 'block'],
      disputed: ['negative', 'report']
    },
    standing: {
      new: ['grey', 'person'],
      asked: ['warning', 'hourglass_top'],
      approved: ['positive', 'check_circle'],
      withdrawn: ['negative', 'block']
    },
    runner: {
      active: ['positive', 'check_circle'],
      standby: ['warning', 'pause_circle'],
      stopped: ['negative', 'stop_circle']
    },
    payout_way: {
      fast: ['positive', 'bolt'],
      slow: ['warning', 'hourglass_bottom']
    },
    // what becomes of something that the predecessor holds
    moving: {
      add: ['positive', 'add_circle'],
      there: ['grey', 'check'],
      left: ['warning', 'pan_tool']
    },
    // the predecessor's own words for its sales and their parts
    earlier: {
      processed: ['positive', 'check_circle'],
      completed: ['positive', 'check_circle'],
      pending: ['warning', 'schedule'],
      processing: ['warning', 'sync'],
      partial: ['warning', 'call_split'],
      errored: ['negative', 'error'],
      failed: ['negative', 'error'],
      refunded: ['grey', 'undo'],
      rejected: ['grey', 'block'],
      skipped: ['grey', 'savings'],
      voided: ['grey', 'block']
    }
  }

  const ARROWS = {cash_out: '↓', cash_in: '↑'}

  /**
   * @param {string} kind settlement, leg, machine, key, transaction, enrolment, cash, runner, moving, earlier
   * @param {string | null | undefined} state
   * @returns {Look} `known` is false for a word that this page does not know: show the word itself
   */
  function look(kind, state) {
    const found = LOOKS[kind]?.[state ?? '']
    const [color, icon] = found ?? ['grey', 'help_outline']
    return {
      label: `satmachine.state.${kind}.${state}`,
      color,
      icon,
      known: found !== undefined
    }
  }

  /** @param {string} kind @returns {string[]} every word of that kind, in order */
  const words = kind => Object.keys(LOOKS[kind] ?? {})

  /**
   * @param {string | null | undefined} txType cash_out or cash_in
   * @returns {{label: string, arrow: string} | null} null when not known
   */
  function direction(txType) {
    const arrow = ARROWS[/** @type {keyof typeof ARROWS} */ (txType)]
    return arrow ? {label: `satmachine.direction.${txType}`, arrow} : null
  }

  /**
   * @param {{active: boolean, maintenance: boolean, payouts_paused_at: string | null, key?: {is_silent: boolean}}} row
   * @returns {string} one word for a machine, the most pressing one
   */
  function machine(row) {
    if (row.payouts_paused_at) return 'paused'
    if (row.maintenance) return 'maintenance'
    if (row.key?.is_silent && row.active) return 'silent'
    return row.active ? 'active' : 'inactive'
  }

  /**
   * @param {{npub: string | null, paired_at: string | null, pairing_expires_at: string | null, is_silent: boolean}} key
   * @returns {string} one word for a machine's key, the most pressing one
   */
  function key({npub, paired_at, pairing_expires_at, is_silent}) {
    if (npub) return is_silent ? 'silent' : 'paired'
    if (pairing_expires_at) return 'pairing'
    return paired_at ? 'revoked' : 'unpaired'
  }

  /**
   * @param {{tx_type: string, state: string}} row
   * @returns {string} its state, and another word where what is over is somebody's cash
   */
  const transaction = ({tx_type, state}) =>
    tx_type === 'cash_in' && state === 'expired' ? 'lapsed' : state

  /**
   * @param {{is_test: boolean, commission_difference_sats: number | null}} settlement
   * @returns {string[]} what to see of it beside its state
   */
  function marks({is_test, commission_difference_sats}) {
    return [
      is_test && 'test',
      commission_difference_sats && 'commission_differs'
    ].filter(mark => typeof mark === 'string')
  }

  const states = Object.freeze({
    kinds: Object.keys(LOOKS),
    words,
    look,
    direction,
    machine,
    key,
    transaction,
    marks
  })
  if (typeof module !== 'undefined') module.exports = states
  else window.satmachine.states = states
})()
