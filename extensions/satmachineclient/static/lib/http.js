// @ts-check
// One way to ask the server, one shape of error. No URLs here and no UI.
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
   * @param {string} method
   * @returns {ApiError}
   */
  function toApiError(error, method) {
    const response = error?.response
    const data = response?.data
    const body = data && typeof data === 'object' ? data : {}
    return {
      status: response?.status ?? 0,
      code: typeof body.code === 'string' ? body.code : '',
      detail: typeof body.detail === 'string' ? body.detail : '',
      data: body,
      wrote: method.toUpperCase() !== 'GET'
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
   * @param {string} method
   * @param {string} url
   * @param {object} [data]
   * @returns {Promise<any>} the body; throws an ApiError
   */
  async function request(method, url, data) {
    try {
      const response = await LNbits.api.request(method, url, null, data)
      return response.data
    } catch (error) {
      throw toApiError(error, method)
    }
  }

  const http = Object.freeze({request, queryString, toApiError})
  if (typeof module !== 'undefined') module.exports = http
  else window.satmachine.http = http
})()
