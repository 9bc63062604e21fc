// @ts-check
// Hears over LNbits' websocket that something has changed, and has what is on the screen loaded anew.
// Anyone may speak there: one word counts and no other, once a second at most. Where no websocket
// gets through, the page looks by itself all the same.
;(() => {
  const WORD = 'refresh'
  const LEAST_PAUSE_MS = 1000
  const FIRST_RETRY_MS = 1000
  const LONGEST_RETRY_MS = 30000

  /**
   * @param {() => void} changed
   * @returns {() => void} says it at once, and what comes within a second after it once, later
   */
  function seldom(changed) {
    let saidAt = -Infinity
    /** @type {any} */
    let timer = null
    const say = () => {
      timer = null
      saidAt = Date.now()
      changed()
    }
    return () => {
      if (timer) return
      const pause = saidAt + LEAST_PAUSE_MS - Date.now()
      if (pause > 0) timer = setTimeout(say, pause)
      else say()
    }
  }

  /**
   * @param {(channel: string) => string} address
   * @param {() => void} changed
   * @returns {{on: (channel: string) => void, stop: () => void}} `on` may be called again and again:
   *   only another channel than before is news
   */
  function changes(address, changed) {
    const say = seldom(changed)
    /** @type {string | null} */
    let heard = null
    /** @type {WebSocket | null} */
    let socket = null
    let retryMs = FIRST_RETRY_MS
    let isBack = false
    let isOver = false
    /** @type {any} */
    let retry = null

    function connect() {
      if (!heard) return
      const opened = new WebSocket(address(heard))
      socket = opened
      opened.onopen = () => {
        retryMs = FIRST_RETRY_MS
        // What was said meanwhile was said to nobody.
        if (isBack) say()
      }
      opened.onmessage = ({data}) => {
        if (data === WORD) say()
      }
      opened.onclose = () => {
        if (socket !== opened) return
        isBack = true
        retry = setTimeout(connect, retryMs)
        retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS)
      }
    }

    function hangUp() {
      clearTimeout(retry)
      const last = socket
      socket = null
      last?.close()
    }

    /** @param {string} channel */
    function on(channel) {
      if (isOver || !channel || channel === heard) return
      hangUp()
      heard = channel
      retryMs = FIRST_RETRY_MS
      connect()
    }

    function stop() {
      isOver = true
      hangUp()
    }

    return {on, stop}
  }

  const hear = Object.freeze({changes})
  if (typeof module !== 'undefined') module.exports = hear
  else window.satmachine.hear = hear
})()
