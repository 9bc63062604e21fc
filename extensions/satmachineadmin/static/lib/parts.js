// @ts-check
// Makes a page's parts known to Vue: `name` becomes <sm-name>, whose template and script are
// fetched when it is first shown, or before that where it is known to be shown soon.
;(() => {
  /** @type {Record<string, Promise<object>>} */
  const loading = {}

  /**
   * @param {string} folder where the page's static files are
   * @param {string} name
   */
  async function fetchPart(folder, name) {
    const path = `${folder}/components/${name}`
    try {
      await Promise.all([
        LNbits.utils.loadTemplate(`${path}.vue`),
        LNbits.utils.loadScript(`${path}.js`)
      ])
    } catch (error) {
      delete loading[name]
      throw error
    }
    return window.satmachine.parts[name]
  }

  /** @param {string} folder @param {string} name */
  const load = (folder, name) => (loading[name] ??= fetchPart(folder, name))

  /**
   * @param {string} folder
   * @param {string[]} names those that the other page has brought already stay as they are
   */
  function register(folder, names) {
    for (const name of names) {
      if (window.app.component(`sm-${name}`)) continue
      const part = Vue.defineAsyncComponent(() => load(folder, name))
      window.app.component(`sm-${name}`, part)
    }
  }

  /**
   * Parts within parts would wait for each other. What cannot be fetched now is when it is shown.
   *
   * @param {string} folder
   * @param {readonly string[]} names
   */
  function preload(folder, names) {
    const missing = names.filter(name => !window.satmachine.parts[name])
    for (const name of missing) load(folder, name).catch(() => {})
  }

  Object.assign(window.satmachine, {register, preload})
})()
