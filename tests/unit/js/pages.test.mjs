// The rules of the two pages' files: texts, copies, sizes, and what may appear where.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {ADMIN, CLIENT, flat, read, sources, texts} from './support.mjs'

const PAGES = {satmachineadmin: ADMIN, satmachineclient: CLIENT}
const SHARED = [
  ...['ask', 'earlier', 'hear', 'http', 'live', 'money', 'parts', 'states', 'times'].map(
    name => `lib/${name}.js`
  ),
  ...['state-chip', 'time-text', 'copy-text', 'error-note', 'form-card'].flatMap(name => [
    `components/${name}.vue`,
    `components/${name}.js`
  ])
]

/** Whoever visits both pages has one of each name: that of the page that came first. */
test('a part or library that both pages have is listed here as the same', () => {
  const own = folder =>
    sources(folder)
      .map(([path]) => path)
      .filter(path => /^(components|lib)\//.test(path) && path !== 'lib/api.js')
  const admin = new Set(own(ADMIN))
  const both = own(CLIENT).filter(path => admin.has(path))
  assert.deepEqual(both.sort(), [...SHARED].sort())
})

for (const path of SHARED) {
  test(`both pages have the same ${path}`, () => {
    assert.equal(read(CLIENT, path), read(ADMIN, path))
  })
}

/** LNbits answers 403 to whoever has not that extension, as most LPs. */
test('the page of the LP asks nothing of the operator\u2019s extension', () => {
  const asking = sources(CLIENT).filter(([, text]) => text.includes('satmachineadmin'))
  assert.deepEqual(asking.map(([path]) => path), [])
})

test('both pages say the shared words alike', () => {
  assert.deepEqual(texts(CLIENT).satmachine, texts(ADMIN).satmachine)
})

for (const [name, folder] of Object.entries(PAGES)) {
  const files = sources(folder)
  const code = files.filter(([path]) => !path.startsWith('i18n'))
  const written = code.map(([, text]) => text).join('\n')
  const known = Object.keys(flat(texts(folder)))

  /** Keys in the code; a `${…}` in one stands for anything. */
  const used = [
    ...written.matchAll(/['"`](satmachine\w*\.[^'"`\s]+)['"`]/g)
  ].map(found => found[1])
  const patterns = used.map(key => {
    const parts = key.split(/\$\{[^}]*\}/)
    const escaped = parts.map(part => part.replaceAll('.', '\\.'))
    return new RegExp(`^${escaped.join('.+')}$`)
  })

  test(`${name}: every text that is asked for exists`, () => {
    for (const [index, pattern] of patterns.entries()) {
      assert.ok(
        known.some(key => pattern.test(key)),
        used[index]
      )
    }
  })

  test(`${name}: every text is asked for`, () => {
    for (const key of known) {
      if (key.startsWith('satmachine.')) continue
      assert.ok(
        patterns.some(pattern => pattern.test(key)),
        key
      )
    }
  })

  test(`${name}: no text stands in a template`, () => {
    for (const [path, text] of files.filter(([path]) =>
      path.endsWith('.vue')
    )) {
      const template = text.split('<style>')[0]
      const bare = template
        .replace(/<!--.*?-->/gs, '')
        .replace(/<(?:"[^"]*"|[^">])*>/gs, '')
      assert.doesNotMatch(bare.replaceAll('&nbsp;', ''), /[A-Za-z]/, path)
    }
  })

  test(`${name}: files stay small`, () => {
    for (const [path, text] of code) {
      const limit = path.startsWith('index.') ? 120 : 200
      const lines = text.split('\n').length - 1
      assert.ok(
        lines <= limit,
        `${path} has ${lines} lines, more than ${limit}`
      )
    }
  })

  test(`${name}: every script is type-checked`, () => {
    for (const [path, text] of files.filter(([path]) => path.endsWith('.js'))) {
      assert.match(text, /^\/\/ @ts-check\n/, path)
    }
  })

  test(`${name}: nothing comes from elsewhere`, () => {
    for (const [path, text] of files) assert.doesNotMatch(text, /https?:/, path)
  })

  test(`${name}: the back end's addresses stand in lib/api.js only`, () => {
    for (const [path, text] of files) {
      if (path !== 'lib/api.js') assert.doesNotMatch(text, /\/api\/v1/, path)
    }
  })

  test(`${name}: amounts become text in lib/money.js only, and never a float`, () => {
    for (const [path, text] of code) {
      assert.doesNotMatch(
        text,
        /parseFloat|toFixed|formatSat|formatCurrency/,
        path
      )
      if (path !== 'lib/money.js') {
        assert.doesNotMatch(
          text,
          /NumberFormat|toLocaleString|\bNumber\(/,
          path
        )
      }
    }
  })

  test(`${name}: no colour is painted`, () => {
    const painted = /#[0-9a-f]{3,8}\b(?!-)|\brgba?\(|\bhsla?\(/i
    for (const [path, text] of files.filter(([path]) =>
      path.endsWith('.vue')
    )) {
      assert.doesNotMatch(text, painted, path)
    }
  })

  test(`${name}: every part is loaded, and every part that is loaded is there`, () => {
    const lists = code.map(([, text]) => text.match(/PARTS = \[(.*?)\]/s)?.[1])
    const [listed] = lists.filter(Boolean)
    const parts = [...listed.matchAll(/'([a-z-]+)'/g)].map(found => found[1])
    const present = code
      .map(([path]) => path.match(/^components\/(.+)\.vue$/)?.[1])
      .filter(Boolean)
    assert.deepEqual(parts.sort(), present.sort())
    for (const part of parts) {
      assert.match(
        read(folder, 'components', `${part}.vue`),
        new RegExp(`id="sm-${part}"`)
      )
      assert.match(
        read(folder, 'components', `${part}.js`),
        new RegExp(`'#sm-${part}'`)
      )
    }
  })
}
