// What needs a hand: the most pressing first, each with what is done about it, counted as it is listed.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {lib} from './support.mjs'

const needs = lib('needs')
const matters = lib('matters')
const TOTALS = {machines: 1, paused: 0, open: 0, stuck: 0, waiting: 0, test: 0, held: 0, errored: 0, rejected: 0, processed: 0}

function status(changes = {}, totals = {}) {
  return {
    runner: 'active',
    runner_detail: '',
    matters: [],
    matters_total: 0,
    failing: [],
    predecessor: [],
    payout_way: 'fast',
    payout_way_reason: '',
    totals: {...TOTALS, ...totals},
    ...changes
  }
}

const matter = (kind, more = {}) => ({
  kind,
  subject_id: kind,
  settlement_id: null,
  machine_id: 'm1',
  machine_name: 'Plaza',
  detail: 'It was so.',
  ...more
})

const names = found => needs.of(found, matters).map(need => need.name)

test('nothing needs nobody, and nothing known counts nothing', () => {
  assert.deepEqual(needs.of(status(), matters), [])
  assert.equal(needs.count(status(), matters), 0)
  assert.equal(needs.count(null, matters), 0)
})

test('the most pressing comes first, and each that has an action is counted', () => {
  const found = status(
    {
      runner: 'standby',
      matters: [matter('legs_failed', {settlement_id: 's1'})],
      matters_total: 1,
      payout_way: 'slow',
      predecessor: [{where: 'x', tables: 7}]
    },
    {stuck: 1, errored: 2, held: 3, rejected: 4, test: 5}
  )
  assert.deepEqual(names(found), [
    'runner',
    'matter legs_failed legs_failed',
    'stuck',
    'errored',
    'held',
    'rejected',
    'test',
    'predecessor x',
    'payout_way'
  ])
  assert.equal(needs.count(found, matters), 6)
})

test('a matter is decided where it can be, and says at which machine it is', () => {
  const found = status({
    matters: [
      matter('legs_failed', {settlement_id: 's1'}),
      matter('wallet_differs'),
      matter('cash_disputed')
    ],
    matters_total: 3
  })
  const shown = needs.of(found, matters).map(({act, tab, id, place}) => ({act, tab, id, place}))
  assert.deepEqual(shown, [
    {act: 'legs_failed', tab: 'settlements', id: 's1', place: 'Plaza'},
    {act: 'decide', tab: 'worklist', id: null, place: 'Plaza'},
    {act: 'cash', tab: 'lps', id: null, place: 'Plaza'}
  ])
})

test('matters beyond those that are told are counted too', () => {
  const found = status({matters: [matter('wallet_differs')], matters_total: 31})
  assert.deepEqual(names(found), ['matter wallet_differs wallet_differs', 'more'])
  assert.equal(needs.count(found, matters), 31)
})

test('what is tried out in maintenance is looked at with its own filter', () => {
  const [need] = needs.of(status({}, {test: 1}), matters)
  assert.deepEqual(need.query, {state: 'held', mark: 'test'})
})

test('a receiver that cannot be paid is one row, with the reason, and leads to its sales', () => {
  const bob = {target: 'bob@dead.example', label: 'Bob', legs: 4, error_message: 'No route.'}
  const anonymous = {target: 'x@dead.example', label: '', legs: 1, error_message: null}
  const found = needs.of(status({failing: [bob, anonymous]}), matters)
  assert.deepEqual(found.map(({place, count, detail}) => [place, count, detail]), [
    ['Bob', 4, 'No route.'],
    ['x@dead.example', 1, null]
  ])
  assert.deepEqual(found[0].query, {state: 'errored'})
})

test('what a predecessor left is looked at by the platform, and told to everybody else', () => {
  const predecessor = [{name: 'satoshimachine', where: 'x', tables: 7}]
  const act = is_platform => {
    const [need] = needs.of(status({predecessor, is_platform}), matters)
    return [need.act, need.tab]
  }
  assert.deepEqual(act(true), ['moving', 'platform'])
  assert.deepEqual(act(false), [undefined, undefined])
  assert.equal(needs.count(status({predecessor, is_platform: true}), matters), 1)
})

test('machines whose payouts are paused come before what pauses them', () => {
  const found = status({matters: [matter('wallet_differs')], matters_total: 1}, {paused: 2})
  assert.deepEqual(names(found), ['paused', 'matter wallet_differs wallet_differs'])
  const [need] = needs.of(found, matters)
  assert.deepEqual([need.tab, need.query, need.count], ['machines', {state: 'paused'}, 2])
})

test('sales that are not paid out are counted as long as one of them has no row', () => {
  const told = {matters: [matter('legs_failed', {settlement_id: 's1'})], matters_total: 1}
  assert.deepEqual(names(status(told, {errored: 1})), ['matter legs_failed legs_failed'])
  assert.deepEqual(names(status(told, {errored: 2})), ['matter legs_failed legs_failed', 'errored'])
  const other = {matters: [matter('undecided', {settlement_id: 's1'})], matters_total: 1}
  assert.ok(names(status(other, {errored: 1})).includes('errored'))
})
