// Time is the reader's own; the exact UTC is at hand.
process.env.TZ = 'Europe/Berlin'
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {lib} from './support.mjs'

const times = lib('times')
const MOMENT = '2026-11-22T14:03:07Z'
const NOW = new Date('2026-12-01T00:00:00Z')

test('a moment is shown in the reader’s zone', () => {
  assert.equal(times.local(MOMENT, NOW, 'en-GB'), '22 Nov, 15:03')
  const evening = new Date('2026-11-22T20:00:00Z')
  assert.equal(times.clock(MOMENT, evening, 'en-GB'), '15:03:07')
  assert.equal(times.clock(MOMENT, NOW, 'en-GB'), '22 Nov, 15:03:07')
})

test('a moment of another year says so', () => {
  const text = times.local('2025-11-22T14:03:07Z', NOW, 'en-GB')
  assert.match(text, /2025/)
})

test('the exact moment is UTC to the second', () => {
  assert.equal(times.utc(MOMENT), '2026-11-22 14:03:07 UTC')
})

test('what is not a moment is unknown', () => {
  for (const nothing of [null, undefined, '', 'yesterday']) {
    assert.equal(times.local(nothing), '–')
    assert.equal(times.clock(nothing), '–')
    assert.equal(times.utc(nothing), '–')
  }
})

test('a chosen clock is the one that everything is told by, days and years too', () => {
  try {
    times.use('Asia/Tokyo')
    assert.equal(times.local(MOMENT, NOW, 'en-GB'), '22 Nov, 23:03')
    const newYear = new Date('2026-12-31T16:00:00Z') // 2027 in Tokyo
    assert.match(times.local('2026-12-31T14:00:00Z', newYear, 'en-GB'), /2026/)
    const midnight = new Date('2026-11-22T16:00:00Z')
    assert.equal(times.clock(MOMENT, midnight, 'en-GB'), '22 Nov, 23:03:07')
  } finally {
    times.use(null)
  }
  assert.equal(times.local(MOMENT, NOW, 'en-GB'), '22 Nov, 15:03')
})

test('a calendar day is the day that was said, wherever the reader is', () => {
  const {calendarDay} = lib('times')
  assert.equal(calendarDay('2026-11-22', 'en-GB'), '22 Nov')
  assert.equal(calendarDay('2026-01-01', 'en-US'), 'Jan 1')
  assert.equal(calendarDay('never'), '–')
})

test('an instant within a sentence of the server is told on the same clock', () => {
  const text = times.within('paying since 2025-11-22T14:03:07Z')
  assert.equal(text, `paying since ${times.local('2025-11-22T14:03:07Z')}`)
  assert.doesNotMatch(text, /T14/)
  assert.equal(times.within('nothing is paid'), 'nothing is paid')
})

test('a day begins at midnight of the chosen clock, also where the clock is put on or back over it', () => {
  try {
    for (const [zone, day, begins] of [
      ['UTC', '2026-11-22', '2026-11-22T00:00:00Z'],
      ['Asia/Tokyo', '2026-11-22', '2026-11-21T15:00:00Z'],
      ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00Z'],
      ['Europe/Berlin', '2026-03-30', '2026-03-29T22:00:00Z'],
      ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00Z'], // 0:00 becomes 1:00
      ['America/Havana', '2026-11-01', '2026-11-01T04:00:00Z'] // 1:00 becomes 0:00
    ]) {
      times.use(zone)
      assert.equal(times.beginning(day), begins, `${zone} ${day}`)
    }
    times.use('Asia/Tokyo')
    assert.equal(times.beginning('2026-11-30', 1), '2026-11-30T15:00:00Z')
    for (const nothing of [null, undefined, '', 'today'])
      assert.equal(times.beginning(nothing), undefined)
  } finally {
    times.use(null)
  }
})
