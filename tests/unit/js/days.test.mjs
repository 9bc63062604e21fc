// The ranges that people ask for begin and end on the right day, in leap years and over new year.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {lib} from './support.mjs'

const {ranges, named} = lib('days')

test('months and years are whole, both ends included', () => {
  assert.deepEqual(ranges('2026-11-22'), {
    this_month: {since: '2026-11-01', until: '2026-11-30'},
    last_month: {since: '2026-10-01', until: '2026-10-31'},
    this_year: {since: '2026-01-01', until: '2026-12-31'},
    last_year: {since: '2025-01-01', until: '2025-12-31'},
    everything: {}
  })
})

test('the month before January is December, and February may have 29 days', () => {
  assert.deepEqual(ranges('2028-01-31').last_month, {
    since: '2027-12-01',
    until: '2027-12-31'
  })
  assert.equal(ranges('2028-02-01').this_month.until, '2028-02-29')
  assert.equal(ranges('2026-03-31').last_month.until, '2026-02-28')
})

test('a range that is one of them has its name, any other has none', () => {
  for (const [name, range] of Object.entries(ranges('2026-11-22')))
    assert.equal(named('2026-11-22', range), name)
  assert.equal(named('2026-11-22', {since: '2026-11-02'}), null)
})
