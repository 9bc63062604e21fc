// Finds names that an object literal says twice: JavaScript takes the last one without a word.
// A scanner, not a parser: it knows strings, templates, comments, regular expressions and brackets.

const TOKEN =
  /\/\/.*|\/\*[^]*?\*\/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[\w$]+|\.\.\.|=>|[^\s]/y
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n[])+\/\w*/y
// After one of these a slash begins a regular expression, after anything else it divides.
const BEFORE_REGEX = /^(?:[(,=:[!&|?{};]|=>|return)$/
const PREFIXES = ['async', 'get', 'set', '*']

/** A template literal from its opening backtick on, with what it nests: where it ends. */
function endOfTemplate(text, at) {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '`') return i + 1
    else if (text[i] === '$' && text[i + 1] === '{') {
      let depth = 0
      for (i += 1; i < text.length; i++) {
        if (text[i] === '`') i = endOfTemplate(text, i) - 1
        else if (text[i] === '{') depth++
        else if (text[i] === '}' && --depth === 0) break
      }
    }
  }
  throw new Error('a template literal that does not end')
}

/** @param {string} text @returns {{text: string, line: number}[]} comments left out */
function tokens(text) {
  const found = []
  let line = 1
  for (let at = 0; at < text.length; ) {
    const character = text[at]
    if (character === '\n') line++
    if (/\s/.test(character)) {
      at++
      continue
    }
    const before = found.at(-1)?.text ?? ';'
    let end = character === '`' ? endOfTemplate(text, at) : 0
    if (!end) {
      const next = text[at + 1]
      const isRegex =
        character === '/' && !'/*'.includes(next) && BEFORE_REGEX.test(before)
      const pattern = isRegex ? REGEX : TOKEN
      pattern.lastIndex = at
      end = at + pattern.exec(text)[0].length
    }
    const token = text.slice(at, end)
    if (!token.startsWith('//') && !token.startsWith('/*'))
      found.push({text: token, line})
    line += token.split('\n').length - 1
    at = end
  }
  return found
}

/** @param {string} text @returns {string[]} `line 3: name` for each name said again */
export function duplicates(text) {
  const all = tokens(text)
  const stack = []
  const found = []
  for (const [index, {text: token, line}] of all.entries()) {
    const frame = stack.at(-1)
    const before = all[index - 1]?.text
    if (frame?.bracket === '{' && (before === '{' || before === ',')) {
      let key = index
      while (PREFIXES.includes(all[key].text) && /^['"\w$]/.test(all[key + 1].text)) key++
      const isName = /^['"\w$]/.test(all[key].text)
      if (isName && [':', '(', ',', '}'].includes(all[key + 1]?.text)) {
        const kind = all[key - 1].text
        const accessor = ['get', 'set'].includes(kind) ? `${kind} ` : ''
        const name = accessor + all[key].text.replace(/^['"]|['"]$/g, '')
        if (frame.names.has(name)) found.push(`line ${line}: ${name}`)
        frame.names.add(name)
      }
    }
    if ('({['.includes(token)) stack.push({bracket: token, names: new Set()})
    else if (')}]'.includes(token)) stack.pop()
  }
  return found
}
