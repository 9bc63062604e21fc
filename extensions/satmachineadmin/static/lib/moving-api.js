// @ts-check
// Moving over from a predecessor, and what was sold before. Same rules as lib/api.js, whose routes these are.
;(() => {
  const {base} = window.satmachine.adminApi
  const {look, request, queryString} = window.satmachine.http
  const segment = encodeURIComponent
  const predecessor = (/** @type {string} */ name) => `${base}/predecessors/${segment(name)}`

  window.satmachine.movingApi = Object.freeze({
    /** @returns {Promise<{data: any[], moves: any[]}>} what there is to take over, and what was */
    predecessors: () => request('GET', `${base}/predecessors`),
    /** @param {string} name @returns {Promise<any>} what would become of everything; nothing is written */
    preview: name => look('POST', `${predecessor(name)}/preview`),
    /** @param {string} name @param {string} confirmation @returns {Promise<any>} the move */
    move: (name, confirmation) =>
      request('POST', `${predecessor(name)}/move`, {confirmation}),
    /** @param {object} query @returns {Promise<{data: any[], total: number}>} */
    earlierSales: query =>
      request('GET', `${base}/earlier-sales${queryString(query)}`),
    /** @param {string} id @returns {Promise<any>} with its legs */
    earlierSale: id => request('GET', `${base}/earlier-sales/${segment(id)}`)
  })
})()
