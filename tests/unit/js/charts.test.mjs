// The axis of an LP's chart: days and months where they begin on the LP's clock, few enough to be read.
import assert from 'node:assert/strict'
import {createRequire} from 'node:module'
import {test} from 'node:test'
import {CLIENT} from './support.mjs'

const require = createRequire(import.meta.url)
const charts = require(`${CLIENT}/lib/charts.js`)
const times = require(`${CLIENT}/lib/times.js`)

const DAY_MS = 86_400_000
const UNTIL = '2026-11-22T14:03:07Z'
const daysBefore = count =>
  new Date(Date.parse(UNTIL) - count * DAY_MS).toISOString()
const clock = {...times, calendarDay: day => day}

test('each period has few marks, the last day is one of them, and they come in order', () => {
  for (const [days, most] of [[7, 8], [30, 8], [90, 8], [365, 8], [3650, 9]]) {
    const found = charts.marks(daysBefore(days), UNTIL, clock)
    assert.ok(found.length >= 3 && found.length <= most, `${days}: ${found.length}`)
    const at = found.map(mark => mark.at)
    assert.deepEqual(at, [...at].sort((a, b) => a - b))
    assert.ok(at.every(one => one >= Date.parse(daysBefore(days)) && one <= Date.parse(UNTIL)))
  }
  const week = charts.marks(daysBefore(7), UNTIL, clock)
  assert.deepEqual(week.at(-1), {at: Date.parse('2026-11-22T00:00:00Z'), label: '2026-11-22'})
})

test('a day is marked where it begins for the LP, also when its clock is put back', () => {
  times.use('Europe/Berlin')
  try {
    const found = charts.marks('2026-10-23T12:00:00Z', '2026-10-27T12:00:00Z', clock)
    assert.deepEqual(
      found.map(({at, label}) => [new Date(at).toISOString(), label]),
      [
        ['2026-10-23T22:00:00.000Z', '2026-10-24'],
        ['2026-10-24T22:00:00.000Z', '2026-10-25'],
        ['2026-10-25T23:00:00.000Z', '2026-10-26'],
        ['2026-10-26T23:00:00.000Z', '2026-10-27']
      ]
    )
  } finally {
    times.use(null)
  }
})

test('of a year months are marked and named with their year, of hours the times', () => {
  const year = charts.marks(daysBefore(365), UNTIL, clock)
  assert.ok(year.every(({label}) => /\b202[56]\b/.test(label)))
  const hours = charts.marks(daysBefore(1), UNTIL, {...clock, local: iso => iso})
  assert.deepEqual(hours.map(({label}) => label), [
    '2026-11-21T14:03:07.000Z',
    '2026-11-22T02:03:07.000Z',
    '2026-11-22T14:03:07.000Z'
  ])
})

test('a line is told by where it changes, a restless one by its ends, its lowest and its highest', () => {
  const points = values => values.map((value, at) => ({at: String(at), value}))
  const told = values =>
    charts.told(points(values), value => value).map(({at}) => Number(at))
  assert.deepEqual(told([0, 0, 0, 5, 5, 9, 9]), [0, 3, 5, 6])
  assert.deepEqual(told([]), [])
  assert.deepEqual(told([4]), [0])
  const restless = Array.from({length: 40}, (_, at) => (at * 7) % 40)
  assert.deepEqual(told(restless), [0, 17, 39])
})
