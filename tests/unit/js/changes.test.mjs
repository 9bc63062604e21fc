// A change of an LP's preferences reads as words, whatever its field is.
import assert from 'node:assert/strict'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {test} from 'node:test'
import {CLIENT} from './support.mjs'

const require = createRequire(import.meta.url)
const own = name => require(join(CLIENT, 'lib', `${name}.js`))
const {lines} = own('changes')
const wallets = own('wallets')

const MINE = [
  {id: 'f'.repeat(32), name: 'Of a friend', walletType: 'lightning-shared'},
  {id: 'a'.repeat(32), name: 'Savings', walletType: 'lightning'}
]
const WORDS = {
  t: key => key.replace(/^satmachineclient\./, ''),
  walletName: id => wallets.nameOf(MINE, id),
  sats: sats => `${sats} sat`,
  fiat: (amount, currency) => `${amount} ${currency}`
}
const said = (field, before, after) => lines([{field, before, after}], WORDS)[0]

test('a wallet is called by its name where it is one’s own, and is short where it is not', () => {
  const line = said('dca_wallet_id', 'b'.repeat(32), 'a'.repeat(32))
  assert.deepEqual(line, {
    field: 'dca_wallet_id',
    before: 'bbbbbb…bbbb',
    after: 'Savings'
  })
})

test('each field is said in its own way, and one that is not known as it is', () => {
  const cases = [
    ['default_dca_mode', 'fixed', 'pace.mode.fixed'],
    ['autoforward_enabled', true, 'history.on'],
    ['autoforward_enabled', false, 'history.off'],
    ['autoforward_min_sats', 0, '0 sat'],
    ['notifications', 'daily', 'notices.which.daily'],
    ['time_zone', 'Europe/Berlin', 'Europe/Berlin'],
    ['of_a_later_version', 7, '7'],
    ['autoforward_ln_address', null, 'history.nothing']
  ]
  for (const [field, after, text] of cases) {
    assert.equal(said(field, 'before', after).after, text, field)
  }
})

test('what was chosen where there was nothing has nothing before it', () => {
  assert.equal(said('time_zone', null, 'UTC').before, null)
})

test('a limit is said with its currency, in one line, even if only one of them changed', () => {
  const limit = (before, after) => ({field: 'fixed_mode_daily_limit', before, after})
  const currency = (before, after) => ({field: 'fixed_mode_currency', before, after})
  const cases = [
    [limit(null, '50.00'), currency(null, 'EUR'), null, '50.00 EUR'],
    [limit('50.00', '50'), currency('EUR', 'JPY'), '50.00 EUR', '50 JPY'],
    [limit('50', null), currency('JPY', null), '50 JPY', 'history.nothing']
  ]
  for (const [amount, unit, before, after] of cases) {
    const said = lines([amount, unit], WORDS)
    assert.deepEqual(said, [{field: amount.field, before, after}])
  }
})

test('sats never arrive in a shared wallet: the first ordinary one is suggested', () => {
  assert.deepEqual(wallets.choosable(MINE), [
    {value: 'a'.repeat(32), label: 'Savings · aaaaaa…'}
  ])
})
