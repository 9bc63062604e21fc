// How the tests find the browser's files.
import {readFileSync, readdirSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import vm from 'node:vm'

const HERE = dirname(fileURLToPath(import.meta.url))
export const EXTENSIONS = join(HERE, '..', '..', '..', 'extensions')
export const ADMIN = join(EXTENSIONS, 'satmachineadmin', 'static')
export const CLIENT = join(EXTENSIONS, 'satmachineclient', 'static')

export const read = (...path) => readFileSync(join(...path), 'utf8')

const require = createRequire(import.meta.url)
export const lib = name => require(join(ADMIN, 'lib', `${name}.js`))

/** Every hand-written text file of a page: [path below static, text]. */
export function sources(folder) {
  return readdirSync(folder, {recursive: true})
    .filter(path => /\.(js|vue|json)$/.test(path))
    .map(path => [path, read(folder, path)])
}

/** The English texts as a page would merge them. */
export function texts(folder) {
  let merged = null
  const mergeLocaleMessage = (_locale, messages) => (merged = messages)
  const window = {i18n: {global: {mergeLocaleMessage}}}
  vm.runInNewContext(read(folder, 'i18n', 'en.js'), {window})
  return JSON.parse(JSON.stringify(merged))
}

/** {a: {b: 'x'}} → {'a.b': 'x'} */
export function flat(tree, prefix = '') {
  return Object.entries(tree).reduce((found, [key, value]) => {
    const path = prefix ? `${prefix}.${key}` : key
    if (typeof value === 'string') return {...found, [path]: value}
    return {...found, ...flat(value, path)}
  }, {})
}
