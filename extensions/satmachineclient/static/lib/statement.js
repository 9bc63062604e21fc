// @ts-check
// A month's statement as its lines: sorted for the eye, and compared with what the books say now.
;(() => {
  /** @typedef {{line: string, [field: string]: any}} Line */
  /** @typedef {{before: Line | null, after: Line | null}} Change */

  /**
   * @param {Line[]} lines
   * @returns {{head: Line | undefined, end: Line | undefined, machines: Line[], cash: Line[],
   *   fills: Line[], forwards: Line[], nameOf: (key: string) => string}}
   */
  function sheet(lines) {
    const of = (/** @type {string} */ kind) =>
      lines.filter(line => line.line === kind)
    const machines = of('machine')
    const names = new Map(machines.map(({key, name}) => [key, name]))
    return {
      head: of('statement')[0],
      end: of('end')[0],
      machines,
      cash: of('cash'),
      fills: of('fill'),
      forwards: of('forward'),
      nameOf: key => names.get(key) ?? '–'
    }
  }

  /** @param {string} text @returns {Line | null} null for what is none */
  function readLine(text) {
    try {
      const line = JSON.parse(text)
      return typeof line?.line === 'string' ? line : null
    } catch {
      return null
    }
  }

  /** @param {string} text of a statement @returns {Line[]} as far as it can be read */
  const read = text =>
    text
      .split('\n')
      .map(readLine)
      .filter(line => line !== null)

  /**
   * @param {Change} change
   * @returns {{kind: 'changed' | 'added' | 'missing', line: Line,
   *   fields: {name: string, before: any, after: any}[]}} added: the books have it and the text has not
   */
  function difference({before, after}) {
    if (!before) return {kind: 'added', line: after ?? {line: ''}, fields: []}
    if (!after) return {kind: 'missing', line: before, fields: []}
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    const fields = names
      .filter(name => before[name] !== after[name])
      .map(name => ({name, before: before[name], after: after[name]}))
    return {kind: 'changed', line: before, fields}
  }

  const statement = Object.freeze({difference, read, sheet})
  if (typeof module !== 'undefined') module.exports = statement
  else window.satmachine.statement = statement
})()
