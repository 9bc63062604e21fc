// What the pages say of machines that sign: how long ago, how long yet, and what a customer did.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {ADMIN, flat, lib, texts} from './support.mjs'

const {ago, left} = lib('spans')
const {byValue, sentence} = lib('transactions')
const {isZero} = lib('money')

const NOW = Date.parse('2026-11-22T14:00:00Z')
const before = seconds => new Date(NOW - seconds * 1000).toISOString()

test('how long ago is said in the largest unit of which there are at least two', () => {
  const said = seconds => Object.values(ago(before(seconds), NOW)).join(' ')
  assert.equal(said(0), 'now 0')
  assert.equal(said(59), 'now 0')
  assert.equal(said(60), 'minutes 1')
  assert.equal(said(119 * 60), 'minutes 119')
  assert.equal(said(120 * 60), 'hours 2')
  assert.equal(said(47 * 3600), 'hours 47')
  assert.equal(said(48 * 3600), 'days 2')
})

test('a browser whose clock is slow sees no future, and what never was is not now', () => {
  assert.equal(ago(before(-300), NOW).unit, 'now')
  assert.equal(ago(null, NOW).unit, 'never')
  assert.equal(ago('nonsense', NOW).unit, 'never')
})

test('every span has words', () => {
  const said = texts(ADMIN).satmachineadmin.ago
  assert.deepEqual(Object.keys(said).sort(), ['days', 'hours', 'minutes', 'never', 'now'])
})

test('what is left of an hour counts down to the second, and then nothing is', () => {
  assert.equal(left(before(-3600), NOW), '60:00')
  assert.equal(left(before(-3599), NOW), '59:59')
  assert.equal(left(before(-7), NOW), '0:07')
  assert.equal(left(before(0), NOW), null)
  assert.equal(left(before(10), NOW), null)
  assert.equal(left(undefined, NOW), null)
})

test('what a customer did is a sentence for every state of both directions', () => {
  const known = flat(texts(ADMIN).satmachineadmin.transaction.sentence)
  const kind = (tx_type, state, fiat_amount = '50.00') =>
    sentence({tx_type, state, fiat_amount}, isZero)
  assert.equal(kind('cash_out', 'invoiced'), 'out_open')
  assert.equal(kind('cash_out', 'paid'), 'out_paid')
  assert.equal(kind('cash_out', 'expired'), 'out_over')
  assert.equal(kind('cash_in', 'collecting'), 'in_giving')
  for (const state of ['held', 'offered', 'expired'])
    assert.equal(kind('cash_in', state), 'in_owed')
  assert.equal(kind('cash_in', 'paid'), 'in_paid')
  assert.equal(kind('cash_in', 'cancelled'), 'in_back')
  assert.equal(kind('cash_in', 'cancelled', '0.00'), 'in_left')
  for (const tx_type of ['cash_out', 'cash_in'])
    for (const state of ['invoiced', 'collecting', 'held', 'offered', 'paid', 'cancelled', 'expired'])
      assert.ok(known[kind(tx_type, state)], `${tx_type} ${state}`)
})

test('banknotes are counted by their value, in the order in which they went in', () => {
  const notes = ['20.00', '50.00', '20.00'].map((denomination, id) => ({id, denomination}))
  assert.deepEqual(byValue(notes), [
    {denomination: '20.00', count: 2},
    {denomination: '50.00', count: 1}
  ])
  assert.deepEqual(byValue([]), [])
})
