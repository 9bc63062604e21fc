// Every matter of the worklist leads to what it is about, and to where it is decided.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {ADMIN, EXTENSIONS, lib, read, texts} from './support.mjs'

const {actOf, mayBeGone, placeOf, decidedAt} = lib('matters')
/** The words of an enum of the core. */
function kindsOf(name, module) {
  const source = read(EXTENSIONS, 'satmachineadmin', 'core', module)
  const body = source.split(`class ${name}(Word):`)[1].split('\n\n\n')[0]
  return [...body.matchAll(/^ {4}[A-Z_]+ = "(\w+)"/gm)].map(found => found[1])
}

const about = {kind: 'legs_failed', subject_id: 'x', settlement_id: 's', machine_id: 'm'}

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

test('a customer that waits for its sats is let have them at its transaction', () => {
  const matter = {...about, kind: 'cash_in_held', settlement_id: null}
  const place = {word: 'transaction', tab: 'transactions', id: 'x'}
  assert.deepEqual(placeOf(matter), place)
  assert.deepEqual(decidedAt(matter), {tab: 'transactions', id: 'x'})
  assert.equal(actOf(matter), 'cash_in_held')
})

test('notes that did not come out are decided about at the sale', () => {
  for (const kind of ['dispense_failed', 'late_dispense']) {
    const matter = {...about, kind}
    assert.deepEqual(decidedAt(matter), {tab: 'settlements', id: 's'})
    assert.equal(actOf(matter), kind)
  }
})

test('a machine that is silent, too loud or wrong about the time is looked at on its page', () => {
  for (const kind of ['clock_skew', 'machine_silent', 'machine_floods']) {
    const matter = {...about, kind, settlement_id: null}
    assert.deepEqual(decidedAt(matter), {tab: 'machines', id: 'm'})
    assert.equal(actOf(matter), 'machine')
  }
})

test('what was left unfinished before the move leads to its sale of then, and is decided in the worklist', () => {
  const matter = {...about, kind: 'unfinished_before', settlement_id: null}
  const ofSale = {...matter, earlier_sale_id: 'e'}
  assert.deepEqual(placeOf(ofSale), {word: 'earlier', tab: 'earlier', id: 'e'})
  assert.deepEqual(decidedAt(ofSale), {tab: 'worklist', id: null})
  assert.deepEqual(placeOf(matter), {word: 'machine', tab: 'machines', id: 'm'})
  const ofNothing = {...matter, machine_id: ''}
  assert.deepEqual(placeOf(ofNothing), {word: 'files', tab: 'reports', id: null})
  assert.equal(actOf(ofSale), 'decide')
  assert.equal(mayBeGone(ofSale), false)
  assert.equal(mayBeGone(about), true)
  const said = texts(ADMIN).satmachineadmin.worklist.about
  for (const {word} of [ofSale, matter, ofNothing].map(placeOf)) assert.ok(said[word], word)
})

test('every matter has a title, and what is done about it a word', () => {
  const said = texts(ADMIN).satmachineadmin
  const known = kindsOf('MatterKind', 'states.py')
  assert.ok(known.length > 10)
  for (const kind of known) {
    assert.ok(said.needs.matter[kind], kind)
    assert.ok(said.needs.act[actOf({...about, kind})], kind)
    assert.ok(said.worklist.about[placeOf({...about, kind}).word], kind)
  }
})
