// A period is compared with the one before exactly, and every day has a place in the chart.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {lib} from './support.mjs'

const figures = lib('figures')

test('more, less and the same are told in whole percent of what was before', () => {
  const cases = [
    ['112.00', '100.00', 'up', '12'],
    [88, 100, 'down', '12'],
    [100, 100, 'same', '0'],
    [1005, 1000, 'up', '1'],
    [1004, 1000, 'up', '<1'],
    [9999, 10000, 'down', '<1'],
    [0, 3, 'down', '100'],
    ['900719925474099300', '300239975158033100', 'up', '200'],
    [995, 1000, 'down', '1']
  ]
  for (const [now, before, way, percent] of cases)
    assert.deepEqual(figures.change(now, before), {way, percent}, `${now} ${before}`)
})

test('where nothing was before there is nothing to compare with', () => {
  assert.equal(figures.change(5, 0), null)
  assert.equal(figures.change('5.00', '0.00'), null)
})

test('every day of a period is there, over the end of a month and a change of the clock', () => {
  assert.deepEqual(figures.daysBetween('2026-10-24', '2026-10-26'), [
    '2026-10-24',
    '2026-10-25',
    '2026-10-26'
  ])
  assert.equal(figures.daysBack('2026-03-02', 7), '2026-02-24')
  assert.equal(figures.daysBetween('2026-10-24', '2026-11-22').length, 30)
})

test('a machine is a stack, a day without a sale is zero, what is told in one comes last', () => {
  const row = (day, machine_id, amount, currency = 'EUR', commission_sats = 1) => ({
    day,
    machine_id,
    amount,
    currency,
    commission_sats
  })
  const rows = [
    row('2026-11-20', null, '1.00'),
    row('2026-11-20', 'plaza', '2.00'),
    row('2026-11-21', 'plaza', '3.00'),
    row('2026-11-21', 'plaza', '4.00', 'GTQ', 5)
  ]
  const days = ['2026-11-20', '2026-11-21']
  const euros = rows.filter(one => one.currency === 'EUR')
  assert.deepEqual(figures.series(euros, days, one => one.amount), [
    {machine_id: 'plaza', values: ['2.00', '3.00']},
    {machine_id: null, values: ['1.00', 0]}
  ])
  assert.deepEqual(figures.series(rows, days, one => one.commission_sats), [
    {machine_id: 'plaza', values: [1, 6]},
    {machine_id: null, values: [1, 0]}
  ])
  assert.deepEqual(figures.currencies(rows), ['EUR', 'GTQ'])
})
