// What is said of the notes in a machine: in words, never by a colour alone, and not sooner than it is known.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {ADMIN, flat, lib, texts} from './support.mjs'

globalThis.window = {satmachine: {money: lib('money'), times: lib('times')}}
const {box, coming, note, outlook, verdict, whole} = lib('cash-units')
const said = flat(texts(ADMIN).satmachineadmin.cash_position)
const TODAY = '2026-11-22'

const unit = (expected, reported, more = {}) => ({
  unit: 'cassette',
  expected,
  reported,
  difference: expected === null || reported === null ? null : reported - expected,
  notes_a_day: '4',
  runs_out_on: null,
  capacity: null,
  ...more
})

test('what differs is said with how many notes, and where nobody knows, that', () => {
  const cases = [
    [unit(90, 90), 'agrees', 0],
    [unit(90, 88), 'missing', 2],
    [unit(90, 91), 'more', 1],
    [unit(null, 91), 'uncounted', 0],
    [unit(90, null), 'unreported', 0],
    [unit(90, 94, {difference: null}), 'moved', 0]
  ]
  for (const [one, name, n] of cases) {
    const found = verdict(one)
    assert.deepEqual([found.name, found.n], [name, n])
    assert.ok(found.icon && found.color)
    assert.ok(said[`verdict.${name}`], name)
  }
  for (const name of ['uncounted', 'agrees', 'missing', 'more'])
    assert.ok(said[`counted.${name}`], name)
})

test('a day to come has its name within a week, and its date beyond', () => {
  assert.deepEqual(coming('2026-11-22', TODAY, 'en'), {name: 'today', day: ''})
  assert.deepEqual(coming('2026-11-20', TODAY, 'en'), {name: 'today', day: ''})
  assert.deepEqual(coming('2026-11-23', TODAY, 'en'), {name: 'tomorrow', day: ''})
  assert.deepEqual(coming('2026-11-28', TODAY, 'en'), {name: 'day', day: 'Saturday'})
  assert.deepEqual(coming('2026-11-29', TODAY, 'en'), {name: 'day', day: 'Nov 29'})
})

test('a cassette is empty by whoever counts fewer notes', () => {
  const names = [
    [unit(5, 0), 'empty'],
    [unit(-2, null), 'empty'],
    [unit(null, null), 'long'],
    [unit(9, 9), 'long'],
    [unit(9, 9, {notes_a_day: null}), 'unknown'],
    [unit(9, 9, {runs_out_on: '2026-11-23'}), 'tomorrow']
  ]
  for (const [one, name] of names)
    assert.equal(outlook(one, TODAY, 'en').name, name)
})

test('a box is as full as the larger count says, of what fits of all notes together', () => {
  const inside = [
    unit(10, 12, {unit: 'box', capacity: 100}),
    unit(3, null, {unit: 'box', capacity: 100}),
    unit(50, 50)
  ]
  assert.deepEqual(box(inside), {count: 15, capacity: 100})
  assert.deepEqual(box([unit(null, null, {unit: 'box'})]), {count: 0, capacity: null})
  assert.equal(box([unit(50, 50)]), null)
})

test('a note is named as people do, and a count is whole', () => {
  assert.equal(note('50', 'EUR'), '50\u00a0EUR')
  assert.equal(note('1000', 'JPY'), '1\u202f000\u00a0JPY')
  assert.equal(note('0.5', 'EUR'), '0.50\u00a0EUR')
  assert.deepEqual(['0', '12', '1.5', '', '-1', '1e3', '1234567'].map(whole), [
    0, 12, null, null, null, null, null
  ])
})
