// Shares are added exactly, as they are typed.
import assert from 'node:assert/strict'
import {createRequire} from 'node:module'
import {test} from 'node:test'

const require = createRequire(import.meta.url)
const percent = require('../../../extensions/satmachineadmin/static/lib/percent.js')

test('shares add up to the last of four decimals', () => {
  assert.equal(percent.sum(['50', '30', '20']), '100')
  assert.equal(percent.sum(['33.3333', '33.3333', '33.3334']), '100')
  assert.equal(percent.sum(['0.1', '0.2']), '0.3')
  assert.equal(percent.sum([]), '0')
  assert.equal(percent.sum(['99.9999', '100', '100']), '299.9999')
})

test('what the server would refuse has no sum', () => {
  for (const odd of ['', '-1', '1,5', '1e1', '1.23456', '٣', null, 7, '5 %']) {
    assert.equal(percent.sum(['50', odd]), null, String(odd))
  }
})

test('the rest says what is missing or too much', () => {
  assert.deepEqual(percent.rest('100'), {kind: 'whole', by: '0'})
  assert.deepEqual(percent.rest('99.9999'), {kind: 'short', by: '0.0001'})
  assert.deepEqual(percent.rest('0'), {kind: 'short', by: '100'})
  assert.deepEqual(percent.rest('299.9999'), {kind: 'over', by: '199.9999'})
  assert.equal(percent.rest(null), null)
})
