// A statement's lines are sorted for the eye, and what differs is said field by field.
import assert from 'node:assert/strict'
import {createRequire} from 'node:module'
import {test} from 'node:test'
import {CLIENT} from './support.mjs'

const require = createRequire(import.meta.url)
const statement = require(`${CLIENT}/lib/statement.js`)

const LINES = [
  {line: 'statement', version: 1, lp: 'a1', month: '2026-11'},
  {line: 'machine', key: 'm1', name: 'Plaza', currency: 'EUR'},
  {line: 'cash', id: 'c1', machine: 'm1', amount: '100.00'},
  {line: 'fill', id: 'f1', machine: 'm1', sats: 500},
  {line: 'forward', id: 'w1', machine: 'm2', sats: 500},
  {line: 'end', rows: 5}
]

test('each line stands with its kind, and a machine has its name wherever it is mentioned', () => {
  const sheet = statement.sheet(LINES)
  assert.equal(sheet.head.lp, 'a1')
  assert.equal(sheet.end.rows, 5)
  for (const kind of ['machines', 'cash', 'fills', 'forwards'])
    assert.equal(sheet[kind].length, 1, kind)
  assert.equal(sheet.nameOf('m1'), 'Plaza')
  assert.equal(sheet.nameOf('m2'), '–')
})

test('a text is read as far as it is a statement', () => {
  const text = LINES.map(line => JSON.stringify(line)).join('\r\n')
  assert.deepEqual(statement.read(text), LINES)
  assert.deepEqual(statement.read('hello\n{"a": 1}\nnull\n[]\n'), [])
})

test('a change says which fields differ, and which side has no such line', () => {
  const [, , , fill] = LINES
  const now = {...fill, sats: 499, rate: '5'}
  assert.deepEqual(statement.difference({before: fill, after: now}), {
    kind: 'changed',
    line: fill,
    fields: [
      {name: 'sats', before: 500, after: 499},
      {name: 'rate', before: undefined, after: '5'}
    ]
  })
  assert.deepEqual(statement.difference({before: null, after: now}), {
    kind: 'added',
    line: now,
    fields: []
  })
  assert.equal(statement.difference({before: fill, after: null}).kind, 'missing')
})
