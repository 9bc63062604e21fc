// @ts-check
// The machine's side of the operator's back end: its key, its limits, its cash, what customers did at it.
// Same rules as lib/api.js, whose routes these are.
;(() => {
  const {base} = window.satmachine.adminApi
  const {request, queryString} = window.satmachine.http
  const segment = encodeURIComponent

  const machine = (/** @type {string} */ id) => `${base}/machines/${segment(id)}`
  const transaction = (/** @type {string} */ id) => `${base}/transactions/${segment(id)}`
  const cash = (/** @type {string} */ id) => `${machine(id)}/cash-position`

  window.satmachine.machineApi = Object.freeze({
    /** @param {string} id @returns {Promise<PairingCode>} told once; the code before it is closed */
    openPairing: id => request('POST', `${machine(id)}/pairing`),
    /** @param {string} id @returns {Promise<Machine>} */
    cancelPairing: id => request('POST', `${machine(id)}/pairing/cancel`),
    /** @param {string} id @param {string} reason @returns {Promise<Machine>} */
    revokeKey: (id, reason) => request('POST', `${machine(id)}/revoke`, {reason}),
    /** @param {string} id @param {object} limits of one direction or both @returns {Promise<Machine>} */
    setLimits: (id, limits) => request('PUT', `${machine(id)}/limits`, limits),

    /** @param {string} id @param {{by_people?: boolean}} query which movements
     * @returns {Promise<CashPosition>} */
    cashPosition: (id, query) => request('GET', cash(id) + queryString(query)),
    /** @param {string} id @param {'refilled' | 'emptied'} what @param {object} data
     * @returns {Promise<CashPosition>} */
    countCash: (id, what, data) => request('POST', `${cash(id)}/${what}`, data),

    /** @param {object} query @returns {Promise<{data: MachineTransaction[], total: number}>} */
    transactions: query =>
      request('GET', `${base}/transactions${queryString(query)}`),
    /** @param {string} id @returns {Promise<MachineTransaction>} with its notes and its timeline */
    transaction: id => request('GET', transaction(id)),
    /** @param {string} id @param {'release' | 'extend' | 'give-back'} what @param {object} [data]
     * @returns {Promise<MachineTransaction>} */
    actOnTransaction: (id, what, data) =>
      request('POST', `${transaction(id)}/${what}`, data)
  })
})()
