// What the platform is told of a move: whether balances agree, what needs a hand, and how much is new.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {ADMIN, flat, lib, texts} from './support.mjs'

const {balanceOf, balances, counted, countOf, difference, exact, hands} = lib('moving')
const {nearest} = lib('earlier')
const {fiat} = lib('money')

const GLUE = '\u00a0'
const lp = (more = {}) => ({
  outcome: 'add',
  problem: '',
  name: 'ana',
  machine_name: 'Plaza',
  cash_problem: '',
  currency: 'EUR',
  exact_balance: '10',
  balance: '10.00',
  overdrawn: '0.00',
  ...more
})
const NO_CASH = {exact_balance: null, balance: null, overdrawn: null}
const report = (more = {}) => ({
  machines: [],
  lps: [],
  preferences: [],
  splits: [],
  unfinished: [],
  unfinished_total: 0,
  unread: [],
  ...more
})

test('a balance is the same, rounded, overdrawn, or not taken over', () => {
  assert.equal(balanceOf(lp()), 'same')
  assert.equal(balanceOf(lp({exact_balance: '9.996', balance: '10.00'})), 'rounded')
  assert.equal(balanceOf(lp({exact_balance: '10.00000000000000004'})), 'rounded')
  assert.equal(balanceOf(lp({exact_balance: '10.000000000000…'})), 'rounded')
  const below = {exact_balance: '-20', balance: '0.00', overdrawn: '20.00'}
  assert.equal(balanceOf(lp(below)), 'overdrawn')
  assert.equal(balanceOf(lp(NO_CASH)), null)
  const lps = [lp(), lp(below), lp(NO_CASH), lp({exact_balance: '9.999'})]
  assert.deepEqual(balances({lps}), {all: 3, same: 1, rounded: 1, overdrawn: 1})
})

test('a difference is exact, whichever of the two has more decimals', () => {
  const said = (was, became) => {
    const {text, sign, isCut} = difference(was, became)
    return `${isCut ? '~' : ''}${['-', '', '+'][sign + 1]}${text}`
  }
  assert.equal(said('947.04666666666666404', '947.05'), '+0.00333333333333596')
  assert.equal(said('12000.4', '12000'), '-0.4')
  assert.equal(said('-20.000000000000004', '0.00'), '+20.000000000000004')
  assert.equal(said('0.1', '0.10'), '0')
  assert.equal(said('33.333333333333…', '33.33'), '~-0.003333333333')
  assert.equal(said('5', '5'), '0')
})

test('an amount without an end keeps its dots, and an unknown one is unknown', () => {
  assert.equal(exact(fiat, '33.333…', 'EUR'), `33.333…${GLUE}EUR`)
  assert.equal(exact(fiat, '33.3', 'EUR'), `33.30${GLUE}EUR`)
  assert.equal(exact(fiat, null, 'EUR'), '–')
})

test('a binary fraction is shown by the nearest amount that can be paid', () => {
  assert.equal(nearest('33.333333333333336', 2), '33.33')
  assert.equal(nearest('0.005', 2), '0.01')
  assert.equal(nearest('9.999', 2), '10.00')
  assert.equal(nearest('12000.4', 0), '12000')
  assert.equal(nearest('0.9', 0), '1')
  assert.equal(nearest('-0.001', 2), '0.00')
  assert.equal(nearest('-1.5', 0), '-2')
  assert.equal(nearest('50', 2), '50')
  assert.equal(nearest('50.1', 2), '50.1')
  assert.equal(nearest(null, 2), null)
  assert.equal(nearest('nonsense', 2), 'nonsense')
})

test('nothing to look at needs no hand', () => {
  assert.deepEqual(hands(report({lps: [lp()]})), [])
  assert.equal(countOf([]), 0)
})

test('what needs a hand has words, is counted, and cash comes first', () => {
  const left = {outcome: 'left', problem: 'Because.'}
  const machine = {name: 'Plaza', outcome: 'add', problem: '', unrecorded_payments: 2, unrecorded_sats: 700}
  const found = hands(
    report({
      machines: [machine, {...machine, ...left, unrecorded_payments: 0}],
      lps: [
        lp({...left, ...NO_CASH}),
        lp({...NO_CASH, cash_problem: 'Unreadable.'}),
        lp({exact_balance: '-20', balance: '0.00', overdrawn: '20.00'})
      ],
      preferences: [{...left, name: null, mode: 'flow'}],
      splits: [
        {...left, operator: 'olga', machine_name: null, shares: []},
        {...left, operator: 'olga', machine_name: 'Plaza', shares: []}
      ],
      unfinished: [{machine_name: 'Plaza', sentence: 'Left so.'}],
      unfinished_total: 4,
      unread: [{table: 'dca_deposits', row_id: 'd-1', problem: 'No number.'}]
    })
  )
  assert.deepEqual(
    found.map(({kind}) => kind),
    [
      'cash', 'overdrawn', 'lp', 'unrecorded', 'machine', 'unfinished', 'unfinished_more',
      'split', 'split_of_machine', 'preference', 'unread'
    ]
  )
  assert.equal(countOf(found), 13)
  const of = kind => found.find(one => one.kind === kind)
  assert.equal(of('cash').detail, 'Unreadable.')
  assert.deepEqual([of('unrecorded').words.n, of('unrecorded').words.sats], [2, 700])
  assert.equal(of('unfinished').detail, 'Left so.')
  assert.equal(of('preference').words.name, '–')
  const said = texts(ADMIN).satmachineadmin.moving.hand
  for (const {kind} of found) assert.ok(said[kind], kind)
  assert.deepEqual(Object.keys(said).sort(), found.map(({kind}) => kind).sort())
})

test('what is new is counted in words, and what is nothing is not told', () => {
  const counts = {machines: 3, lps: 0, preferences: 0, deposits: 7, splits: 0, sales: 6, legs: 10}
  assert.deepEqual(counted({counts}), [
    {name: 'machines', n: 3},
    {name: 'deposits', n: 7},
    {name: 'sales', n: 6},
    {name: 'legs', n: 10}
  ])
  const said = flat(texts(ADMIN).satmachineadmin.moving.count)
  assert.deepEqual(Object.keys(said).sort(), Object.keys(counts).sort())
})
