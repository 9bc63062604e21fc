// An object literal that says a name twice: the second one wins, and a release of a sale did nothing.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {duplicates} from './duplicates.mjs'
import {ADMIN, CLIENT, sources} from './support.mjs'

for (const [page, folder] of Object.entries({ADMIN, CLIENT})) {
  for (const [path, text] of sources(folder)) {
    if (!path.endsWith('.js')) continue
    test(`${page} ${path} says no name of an object twice`, () => {
      assert.deepEqual(duplicates(text), [])
    })
  }
}

test('a name that is said twice is found, however it is said', () => {
  const found = [
    'x = {a: 1, b: 2, a: 3}',
    "x = {a: 1, 'a': 2}",
    'x = {a, b, a}',
    'x = {a() {}, async a() {}}',
    'x = {a: {b: 1}, c: [{d: 2}], /* a: 0, */ a: `${{a: 1}}`}',
    'f({a: s.replace(/[{]/g, 1), a: 2})',
    `const api = {
      release: id => post(id),
      refund: id => post(\`\${id}/refund\`),
      release: (id, real) => {
        return post(id, real)
      }
    }`
  ].map(text => duplicates(text).length)
  assert.deepEqual(found, [1, 1, 1, 1, 1, 1, 1])
})

test('what only looks like it is not', () => {
  for (const text of [
    'x = {a: {a: {a: 1}}, b: [{a: 1}, {a: 2}]}',
    'x = {get a() {}, set a(v) {}}',
    'x = {...a, ...a, [a]: 1, [b]: 2}',
    'f(a, a, {a})',
    'const {a, b: {c}} = {a, b: c ? a : a}',
    '{ call(a); call(a) }',
    'x = {a: 4 / 2, b: `{a: ${a} a: }`, c: "a: 1, a: 2"}',
    'switch (a) { case 1: b(); case 2: b() }'
  ])
    assert.deepEqual(duplicates(text), [], text)
})
