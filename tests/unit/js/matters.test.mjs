// Every matter of the worklist leads to what it is about, and to where it is decided.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {lib} from './support.mjs'

const {placeOf, decidedAt} = lib('matters')
const about = {kind: 'legs_failed', settlement_id: 's', machine_id: 'm'}

test('a matter leads to its sale, else to its machine, else to the platform', () => {
  assert.deepEqual(placeOf(about), {word: 'sale', tab: 'settlements', id: 's'})
  const machine = {kind: 'wallet_differs', settlement_id: null, machine_id: 'm'}
  assert.deepEqual(placeOf(machine), {word: 'machine', tab: 'machines', id: 'm'})
  const trail = {kind: 'trail_broken', settlement_id: null, machine_id: ''}
  assert.equal(placeOf(trail).tab, 'platform')
})

test('a disputed cash entry leads to the entries that are disputed, and is decided there', () => {
  const matter = {...about, kind: 'cash_disputed', settlement_id: null}
  const query = {view: 'cash', status: 'disputed'}
  assert.deepEqual(placeOf(matter), {word: 'cash', tab: 'lps', id: null, query})
  assert.deepEqual(decidedAt(matter), {tab: 'lps', id: null, query})
})

test('what the buttons of a sale decide is decided there, the rest in the worklist', () => {
  assert.deepEqual(decidedAt(about), {tab: 'settlements', id: 's'})
  for (const other of [
    {...about, kind: 'restored'},
    {...about, kind: 'credit_missing'},
    {...about, settlement_id: null}
  ])
    assert.deepEqual(decidedAt(other), {tab: 'worklist', id: null})
})
