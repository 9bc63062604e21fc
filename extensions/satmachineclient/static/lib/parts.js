// @ts-check
// Makes a page's parts known to Vue: `name` becomes <sm-name>, whose template and script are
// fetched when it is first shown.
;(() => {
  /**
   * @param {string} folder where the page's static files are
   * @param {string} name
   */
  async function load(folder, name) {
    const path = `${folder}/components/${name}`
    await Promise.all([
      LNbits.utils.loadTemplate(`${path}.vue`),
      LNbits.utils.loadScript(`${path}.js`)
    ])
    return window.satmachine.parts[name]
  }

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

  window.satmachine.register = register
})()
