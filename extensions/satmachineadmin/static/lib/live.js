// @ts-check
// Keeps what is on the screen fresh: every few seconds while the page is visible, and at once when
// the reader comes back to it. Never two loads at the same time.
;(() => {
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
    const timer = setInterval(tick, periodMs)
    window.addEventListener('focus', tick)
    document.addEventListener('visibilitychange', tick)

    function stop() {
      stopped = true
      clearInterval(timer)
      window.removeEventListener('focus', tick)
      document.removeEventListener('visibilitychange', tick)
    }

    refresh()
    return {refresh, stop}
  }

  const live = Object.freeze({every})
  if (typeof module !== 'undefined') module.exports = live
  else window.satmachine.live = live
})()
