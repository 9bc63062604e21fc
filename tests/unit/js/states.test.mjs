// The page knows every word of the state machines, and shows each the same way.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {ADMIN, CLIENT, EXTENSIONS, flat, lib, read, texts} from './support.mjs'

const states = lib('states')
const core = path => read(EXTENSIONS, 'satmachineadmin', 'core', path)

/** The words of an enum, read from the Python source that owns them. */
function wordsOf(name, path = 'states.py') {
  const body = core(path).split(`class ${name}(Word):`)[1].split('\n\n\n')[0]
  return [...body.matchAll(/^ {4}[A-Z_]+ = "(\w+)"/gm)].map(found => found[1])
}

const OWNERS = {
  settlement: 'SettlementState',
  mark: 'SettlementMark',
  leg: 'LegState',
  enrolment: 'EnrolmentStatus',
  cash: 'CashEntryStatus',
  payout_way: 'PayWay'
}
for (const [kind, name] of Object.entries(OWNERS)) {
  test(`every ${name} has a look`, () => {
    assert.deepEqual(states.words(kind).sort(), wordsOf(name).sort())
  })
}

test('every state of a transaction has a look, and a link that is over one of its own', () => {
  const known = wordsOf('TransactionState', 'transactions.py')
  assert.deepEqual(states.words('transaction').sort(), [...known, 'lapsed'].sort())
  const word = (tx_type, state) => states.transaction({tx_type, state})
  assert.equal(word('cash_in', 'expired'), 'lapsed')
  assert.equal(word('cash_out', 'expired'), 'expired')
  assert.equal(word('cash_in', 'offered'), 'offered')
})

test('a key is one word: silent before paired, a code that is open before what was revoked', () => {
  const word = (npub, paired_at, pairing_expires_at, is_silent = false) =>
    states.key({npub, paired_at, pairing_expires_at, is_silent})
  assert.equal(word(null, null, null), 'unpaired')
  assert.equal(word(null, null, 'later'), 'pairing')
  assert.equal(word('npub1', 'then', 'later'), 'paired')
  assert.equal(word('npub1', 'then', null, true), 'silent')
  assert.equal(word('npub1', null, null), 'paired')
  assert.equal(word(null, 'then', null), 'revoked')
  assert.equal(word(null, 'then', 'later'), 'pairing')
})

test('an LP is told in words why it takes no part', () => {
  const told = texts(CLIENT).satmachineclient.position.no_part
  assert.deepEqual(Object.keys(told).sort(), wordsOf('NoPart').sort())
})

test('every look has a word, an icon and a colour that means a state', () => {
  const known = flat(texts(ADMIN))
  for (const kind of states.kinds) {
    for (const word of states.words(kind)) {
      const look = states.look(kind, word)
      assert.ok(look.known)
      assert.ok(known[look.label], look.label)
      assert.match(look.icon, /^[a-z_]+$/)
      assert.match(look.color, /^(positive|warning|negative|grey)$/)
    }
  }
})

test('a word the page does not know is grey and says that it is unknown', () => {
  const expected = {color: 'grey', icon: 'help_outline', known: false}
  for (const word of ['invented', null, undefined, '']) {
    const {label, ...look} = states.look('leg', word)
    assert.deepEqual(look, expected)
  }
  assert.equal(states.look('no such kind', 'active').known, false)
})

test('a machine in maintenance says so, whether it is active or not', () => {
  const word = (active, maintenance) => states.machine({active, maintenance})
  assert.equal(word(true, true), 'maintenance')
  assert.equal(word(false, true), 'maintenance')
  assert.equal(word(true, false), 'active')
  assert.equal(word(false, false), 'inactive')
  const paused = {active: true, maintenance: true, payouts_paused_at: 'now'}
  assert.equal(states.machine(paused), 'paused')
  const silent = {active: true, maintenance: false, key: {is_silent: true}}
  assert.equal(states.machine(silent), 'silent')
  assert.equal(states.machine({...silent, key: {is_silent: false}}), 'active')
  assert.equal(states.machine({...silent, maintenance: true}), 'maintenance')
})

test('a sale shows its marks; a commission that agrees or is unknown is none', () => {
  const marks = (is_test, commission_difference_sats) =>
    states.marks({is_test, commission_difference_sats})
  assert.deepEqual(marks(false, 0), [])
  assert.deepEqual(marks(false, null), [])
  assert.deepEqual(marks(false, -1), ['commission_differs'])
  assert.deepEqual(marks(true, 40), ['test', 'commission_differs'])
})

test('a direction is a word and an arrow; an unknown one is neither', () => {
  assert.equal(states.direction('cash_out').arrow, '↓')
  assert.equal(states.direction('cash_in').arrow, '↑')
  assert.equal(states.direction(null), null)
  assert.deepEqual(wordsOf('TxType').sort(), ['cash_in', 'cash_out'])
})

const TEXTS = {
  'satmachineadmin.cash.kind': ['CashEntryKind', 'states.py'],
  'satmachineadmin.skip': ['SkipReason', 'states.py'],
  'satmachineadmin.leg_type': ['LegType', 'states.py'],
  'satmachineadmin.machine.policy': ['PayoutPolicy', 'states.py'],
  'satmachineadmin.transaction.held': ['HeldFor', 'transactions.py'],
  'satmachineadmin.transaction.dispense': ['DispenseOutcome', 'transactions.py'],
  'satmachineadmin.transaction.outcome': ['DispenseOutcome', 'transactions.py']
}
for (const [prefix, [name, path]] of Object.entries(TEXTS)) {
  test(`every ${name} is said in words`, () => {
    const known = flat(texts(ADMIN))
    for (const word of wordsOf(name, path))
      assert.ok(known[`${prefix}.${word}`], word)
  })
}

test('every reason of a held or rejected settlement is said in words', () => {
  const reasons = [
    ...wordsOf('HoldReason', 'landing.py'),
    ...wordsOf('RejectReason', 'stamp.py')
  ]
  const said = Object.keys(texts(ADMIN).satmachineadmin.reason)
  assert.deepEqual(said.sort(), reasons.sort())
})
