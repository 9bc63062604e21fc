// Amounts become text without ever being a float.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {lib} from './support.mjs'

const money = lib('money')
const plain = text => text.replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ')

const CASES = {
  sats: [
    [[0], '0'],
    [['0'], '0'],
    [[999], '999'],
    [[1000], '1 000'],
    [[317700], '317 700'],
    [[-1234567], '−1 234 567'],
    [['2100000000000000'], '2 100 000 000 000 000'],
    [[null], '–'],
    [[undefined], '–'],
    [[''], '–'],
    [[NaN], '–'],
    [[1.5], '–'],
    [['1.5'], '–'],
    [['1e3'], '–'],
    [[2 ** 53], '–']
  ],
  satsUnit: [
    [[0], '0 sat'],
    [[60000], '60 000 sat'],
    [[null], '–']
  ],
  msat: [
    [[0], '0 sat'],
    [[1000], '1 sat'],
    [[1500], '1.5 sat'],
    [[-7], '−0.007 sat'],
    [[1234567], '1 234.567 sat'],
    [[null], '–']
  ],
  fiat: [
    [['2000.00', 'GTQ'], '2 000.00 GTQ'],
    [['200', 'EUR'], '200.00 EUR'],
    [['0.00', 'EUR'], '0.00 EUR'],
    [['31000', 'JPY'], '31 000 JPY'],
    [['1.5', 'KWD'], '1.500 KWD'],
    [['0.1234', 'EUR'], '0.1234 EUR'],
    [['9007199254740993.07', 'EUR'], '9 007 199 254 740 993.07 EUR'],
    [['5', 'not a currency'], '5.00 not a currency'],
    [[null, 'EUR'], '–'],
    [['5', null], '–']
  ],
  rate: [
    [['1500', 'EUR'], '1 500 sat/EUR'],
    [['1541.25', 'EUR'], '1 541.25 sat/EUR'],
    [[null, 'EUR'], '–']
  ],
  shareOf: [
    [[100, '30'], '30'],
    [[5, '10'], '1'],
    [[4, '10'], '0'],
    [[15, '50'], '8'],
    [[100000, '0.0005'], '1'],
    [[1, '100'], '1'],
    [['2100000000000000', '100'], '2100000000000000'],
    [[100, '100.0001'], null],
    [[100, '1.23456'], null],
    [[100, '-1'], null],
    [[100, ''], null],
    [[100, 'abc'], null],
    [[null, '30'], null],
    [[1.5, '30'], null]
  ],
  smaller: [
    [['6000', 5000], '5000'],
    [['9', 5000], '9'],
    [['5000', 5000], '5000']
  ],
  percent: [
    [['30'], '30 %'],
    [['2.5'], '2.5 %'],
    [['abc'], '–'],
    [[null], '–']
  ],
  sumSats: [
    [[[]], '0'],
    [[[1, 2, 3]], '6'],
    [[['9007199254740993', 1]], '9007199254740994'],
    [[[1, null]], null]
  ],
  permille: [
    [['357.00', '1000.00'], 357],
    [['1', '3.00'], 333],
    [['2000', '1000'], 1000],
    [['0', '0'], 0],
    [[null, '5'], 0]
  ],
  isZero: [
    [['0.00'], true],
    [[0], true],
    [['0.01'], false],
    [[null], false]
  ]
}

for (const [name, cases] of Object.entries(CASES)) {
  for (const [args, expected] of cases) {
    test(`${name}(${args.map(String).join(', ')}) is ${expected}`, () => {
      const found = money[name](...args)
      assert.equal(typeof found === 'string' ? plain(found) : found, expected)
    })
  }
}

test('an amount and its unit never break over two lines', () => {
  const text = money.satsUnit(317700) + money.fiat('2000.00', 'GTQ')
  assert.doesNotMatch(text, / /)
})

test('sats with millisats are said exactly', () => {
  const {exactSats} = lib('money')
  assert.equal(exactSats('60934.250'), '60\u202f934.250\u00a0sat')
  assert.equal(exactSats('-12'), '−12\u00a0sat')
  assert.equal(exactSats(null), '–')
})

test('a chart draws an amount as high as it is, and nothing for what is not known', () => {
  const {height} = lib('money')
  assert.equal(height('200.50'), 200.5)
  assert.equal(height(1100), 1100)
  assert.equal(height(null), 0)
  assert.equal(height('much'), 0)
})
