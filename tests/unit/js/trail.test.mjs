// Every event that the program writes is said in words, and so is every value that is shown of one.
import assert from 'node:assert/strict'
import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {ADMIN, EXTENSIONS, flat, lib, read, texts} from './support.mjs'

const {changes, keys, placeOf, short} = lib('trail')
const said = flat(texts(ADMIN).satmachineadmin.trail)
const source = (...path) => read(EXTENSIONS, 'satmachineadmin', ...path)

/** Every name of an event that a module of the store, the engine or a use case spells out. */
function spelledOut() {
  const kinds =
    'settlement|leg|cash|machine|enrolment|operator|payer|withdrawal|split|matter|balance|platform|predecessor'
  const record = new RegExp(
    `record\\(\\s*(?:"(?:${kinds})\\.\\w+" if \\w+ else )?"((?:${kinds})\\.\\w+)"`,
    'g'
  )
  return readdirSync(join(EXTENSIONS, 'satmachineadmin', 'store'))
    .filter(name => name.endsWith('.py'))
    .flatMap(name => [...source('store', name).matchAll(record)])
    .map(found => found[1])
}

/** The names of the arrows of a table of a module of the core. */
function arrows(table, module = 'states.py') {
  const body = source('core', module).split(`${table}:`)[1].split('\n}')[0]
  return [...body.matchAll(/\): "(\w+)",/g)].map(found => found[1])
}

test('every event that is spelled out has words', () => {
  const events = spelledOut()
  assert.ok(events.length > 10, events.join(' '))
  for (const event of events) assert.ok(said[`event.${event}`], event)
})

for (const [kind, table] of Object.entries({
  settlement: 'SETTLEMENT_ARROWS',
  leg: 'LEG_ARROWS',
  withdrawal: 'WITHDRAWAL_ARROWS',
  enrolment: 'ENROLMENT_ARROWS',
  cash: 'CASH_ARROWS'
})) {
  test(`every arrow of a ${kind} has words`, () => {
    const names = arrows(table)
    assert.ok(names.length >= 5)
    for (const name of names) assert.ok(said[`event.${kind}.${name}`], name)
  })
}

test('every arrow of a transaction and of its link has words', () => {
  const names = arrows('TRANSACTION_ARROWS', 'transactions.py')
  assert.ok(names.length >= 5)
  for (const name of ['opened', ...names])
    assert.ok(said[`event.transaction.${name}`], name)
  const ofLinks = ['opened', 'handed_over', 'found', ...arrows('WITHDRAWAL_ARROWS')]
  for (const name of ofLinks.filter(name => name !== 'expired'))
    assert.ok(said[`event.transaction.link_${name}`], name)
})

test('what the engine and the use cases note of a sale or a transaction has words', () => {
  const noting = /(settlement|transaction)s\.(?:amend|remark)\(\s*[\w.]+(?:\([^()]*\))?,\s*"(\w+)"/g
  const found = ['engine', 'engine/revise', 'usecases'].flatMap(folder =>
    readdirSync(join(EXTENSIONS, 'satmachineadmin', folder))
      .filter(name => name.endsWith('.py'))
      .flatMap(name => [...source(folder, name).matchAll(noting)])
      .map(([, kind, name]) => `${kind}.${name}`)
  )
  assert.ok(found.length > 8, found.join(' '))
  for (const event of found) assert.ok(said[`event.${event}`], event)
})

test('every value that may be shown has a name', () => {
  const [, list] = source('present', 'audit.py').match(
    /SHOWN = frozenset\((.*?)\)/s
  )
  const names = [...list.matchAll(/"(\w+)"/g)].map(found => found[1])
  assert.ok(names.length > 30)
  const ofFiat = [...source('present', 'audit.py').matchAll(/_minor": "(\w+)"/g)].map(found => found[1])
  const limits = ['cash_out', 'cash_in'].flatMap(direction =>
    ['transaction', 'hour', 'day', 'hold_above'].map(name => `${direction}_${name}`)
  )
  for (const name of [...names, ...ofFiat, ...limits]) assert.ok(said[`field.${name}`], name)
})

test('what changed is said from what to what, and what is not known is not zero', () => {
  const event = {
    before: {status: 'pending', reference_rate: '5', reason: null},
    after: {status: 'confirmed', sats: 0, reference_rate: null, leg_key: 'dca:x'}
  }
  const format = (name, value) => (name === 'sats' ? `${value} sat` : null)
  assert.deepEqual(changes(event, format), [
    {name: 'reference_rate', before: '5', after: '–'},
    {name: 'sats', before: null, after: '0 sat'},
    {name: 'status', before: 'pending', after: 'confirmed'}
  ])
})

test('only what has a page is opened', () => {
  const place = (subject_kind, subject_id) => placeOf({subject_kind, subject_id})
  assert.deepEqual(place('settlement', 'a'), {tab: 'settlements', id: 'a'})
  assert.deepEqual(place('machine', 'b'), {tab: 'machines', id: 'b'})
  assert.deepEqual(place('enrolment', 'd'), {tab: 'lps', id: 'd'})
  assert.deepEqual(place('move', 'e'), {tab: 'platform', id: 'e'})
  assert.equal(place('leg', 'c'), null)
  assert.equal(place('operator', null), null)
})

test('a word of the books has a text, and a hash is known by its ends', () => {
  const sale = {subject_kind: 'settlement'}
  const all = {...flat(texts(ADMIN))}
  for (const [name, value] of [
    ['state', 'held'],
    ['tx_type', 'cash_out'],
    ['leg_type', 'dca'],
    ['reason', 'implausible_rate'],
    ['reason', 'uncovered'],
    ['payout_policy', 'on_dispense'],
    ['held_for', 'above_day_limit'],
    ['dispense', 'partial']
  ])
    assert.ok(keys(sale, name, value).some(key => key in all), `${name} ${value}`)
  assert.deepEqual(keys(sale, 'notes', 'held'), [])
  assert.equal(short('ab'.repeat(32)), 'abababab…abababab')
  assert.equal(short('a note'), null)
  assert.equal(short(7), null)
})
