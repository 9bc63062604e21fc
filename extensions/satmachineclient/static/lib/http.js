// @ts-check
// One way to ask the server, one shape of error. No URLs here and no UI.
//
// What changes something goes out with an Idempotency-Key, one for each act of a person: a second click
// while the first is under way gets the first one's answer, and whoever presses again after no answer, or
// a broken one, sends the same key, so that nothing is done twice.
;(() => {
  /**
   * @typedef {object} ApiError
   * @property {number} status  HTTP status; 0 when no answer came
   * @property {string} code  stable code of the refusal, or ''
   * @property {string} detail  the server's sentence, or ''
   * @property {Record<string, any>} data  the whole body: fields of that code
   * @property {boolean} wrote  whether the request could have changed something
   */

  /**
   * @param {any} error what axios threw
   * @param {boolean} wrote
   * @returns {ApiError}
   */
  function toApiError(error, wrote) {
    const response = error?.response
    const data = response?.data
    const body = data && typeof data === 'object' ? data : {}
    return {
      status: response?.status ?? 0,
      code: typeof body.code === 'string' ? body.code : '',
      detail: typeof body.detail === 'string' ? body.detail : '',
      data: body,
      wrote
    }
  }

  /**
   * @param {Record<string, any>} query fields that are empty are left out
   * @returns {string} '' or '?a=1&b=2'
   */
  function queryString(query) {
    const known = Object.entries(query).filter(
      ([, value]) => value !== undefined && value !== null && value !== ''
    )
    const text = new URLSearchParams(known).toString()
    return text ? `?${text}` : ''
  }

  /**
   * Acts under way, by what was sent.
   * @type {Map<string, Promise<any>>}
   */
  const underWay = new Map()
  /**
   * Keys of acts of which nobody knows whether they were done, by what was sent.
   * @type {Map<string, string>}
   */
  const unsure = new Map()

  /** @returns {string} crypto.randomUUID is for https only, and many LNbits stand in a local network */
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
  }

  /** @param {ApiError} error @returns {boolean} whether the act was judged, and refused */
  function isDecided({status, code}) {
    const isJudged = status >= 400 && status < 500
    return (
      isJudged &&
      code !== 'request_running' &&
      ![401, 403, 408, 429].includes(status)
    )
  }

  /**
   * @param {string} act what is sent
   * @param {() => Promise<any>} send
   */
  async function decided(act, send) {
    try {
      const answer = await send()
      unsure.delete(act)
      return answer
    } catch (error) {
      if (isDecided(error)) unsure.delete(act)
      throw error
    } finally {
      underWay.delete(act)
    }
  }

  /** A person begins something new: what comes is meant, even if it looks like what came before. */
  function newAct() {
    unsure.clear()
  }

  /**
   * @param {string} method
   * @param {string} url
   * @param {object} [data]
   * @param {string} [key] of the act; none where nothing is written
   * @returns {Promise<any>} the body; throws an ApiError
   */
  async function send(method, url, data, key) {
    const headers = key ? {'Idempotency-Key': key} : {}
    try {
      const answer = await LNbits.api.request(method, url, null, data, {headers})
      return answer.data
    } catch (error) {
      throw toApiError(error, !!key)
    }
  }

  /**
   * What only looks, although its question may need a body: a preview, an example, a check.
   * @param {string} method
   * @param {string} url
   * @param {object} [data]
   * @returns {Promise<any>} the body; throws an ApiError
   */
  function look(method, url, data) {
    return send(method, url, data)
  }

  /**
   * @param {string} method
   * @param {string} url
   * @param {object} [data]
   * @returns {Promise<any>} the body; throws an ApiError
   */
  function request(method, url, data) {
    if (method === 'GET') return look(method, url, data)
    const act = JSON.stringify([method, url, data])
    const before = underWay.get(act)
    if (before) return before
    const key = unsure.get(act) ?? newKey()
    unsure.set(act, key)
    const answer = decided(act, () => send(method, url, data, key))
    underWay.set(act, answer)
    return answer
  }

  const http = Object.freeze({request, look, newAct, queryString, toApiError})
  if (typeof module !== 'undefined') module.exports = http
  else window.satmachine.http = http
})()
