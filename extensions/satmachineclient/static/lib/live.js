// @ts-check
// Keeps what is on the screen fresh: every few seconds while the page is visible, and at once when
// the reader comes back to it or the page says that something changed. Never two loads at the same time.
;(() => {
  const CHANGED = 'satmachine:changed'

  /**
   * @param {number} periodMs
   * @param {() => Promise<unknown>} load handles its own errors
   * @returns {{refresh: () => Promise<void>, stop: () => void}} `refresh` resolves once everything
   *   that was asked for up to now is on the screen
   */
  function every(periodMs, load) {
    /** @type {Promise<void> | null} */
    let running = null
    let again = false
    let stopped = false

    async function run() {
      try {
        do {
          again = false
          await load()
        } while (again && !stopped)
      } finally {
        running = null
      }
    }

    function refresh() {
      if (stopped) return Promise.resolve()
      if (running) again = true
      else running = run()
      return running
    }

    const tick = () => {
      if (!running && document.visibilityState === 'visible') refresh()
    }
    // A load that is under way may have been too early for what is news.
    const look = () => {
      if (document.visibilityState === 'visible') refresh()
    }
    const timer = setInterval(tick, periodMs)
    window.addEventListener(CHANGED, look)
    window.addEventListener('focus', tick)
    document.addEventListener('visibilitychange', tick)

    function stop() {
      stopped = true
      clearInterval(timer)
      window.removeEventListener(CHANGED, look)
      window.removeEventListener('focus', tick)
      document.removeEventListener('visibilitychange', tick)
    }

    refresh()
    return {refresh, stop}
  }

  /** Something changed: whatever is on the screen is loaded anew. */
  function changed() {
    window.dispatchEvent(new Event(CHANGED))
  }

  const live = Object.freeze({every, changed})
  if (typeof module !== 'undefined') module.exports = live
  else window.satmachine.live = live
})()
