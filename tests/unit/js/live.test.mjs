// The screen is kept fresh while somebody looks, and never by two loads at once.
import assert from 'node:assert/strict'
import {after, beforeEach, mock, test} from 'node:test'
import {lib} from './support.mjs'

const PERIOD_MS = 5000
const real = {setInterval, clearInterval}
let listeners
let ticking

beforeEach(() => {
  listeners = {}
  const target = {
    addEventListener: (name, run) => (listeners[name] = run),
    removeEventListener: name => delete listeners[name]
  }
  globalThis.window = target
  globalThis.document = {...target, visibilityState: 'visible'}
  ticking = null
  globalThis.setInterval = run => (ticking = run)
  globalThis.clearInterval = () => (ticking = null)
})

after(() => Object.assign(globalThis, real))

function passPeriods(count) {
  for (let n = 0; n < count; n++) ticking?.()
}

/** A load that ends only when told to. */
function loads() {
  const waiting = []
  const load = mock.fn(() => new Promise(resolve => waiting.push(resolve)))
  const finish = async () => {
    waiting.shift()()
    await new Promise(resolve => setImmediate(resolve))
  }
  return {load, finish, count: () => load.mock.callCount()}
}

test('it loads at once, and again after each period', async () => {
  const {load, finish, count} = loads()
  const live = lib('live').every(PERIOD_MS, load)
  assert.equal(count(), 1)
  await finish()
  passPeriods(1)
  assert.equal(count(), 2)
  live.stop()
})

test('it never loads twice at the same time', () => {
  const {load, count} = loads()
  const live = lib('live').every(PERIOD_MS, load)
  passPeriods(3)
  assert.equal(count(), 1)
  live.stop()
})

test('a refresh during a load starts one more load after it', async () => {
  const {load, finish, count} = loads()
  const live = lib('live').every(PERIOD_MS, load)
  live.refresh()
  live.refresh()
  assert.equal(count(), 1)
  await finish()
  assert.equal(count(), 2)
  await finish()
  assert.equal(count(), 2)
  live.stop()
})

test('it rests while nobody looks, and loads when somebody comes back', async () => {
  const {load, finish, count} = loads()
  const live = lib('live').every(PERIOD_MS, load)
  await finish()
  document.visibilityState = 'hidden'
  passPeriods(3)
  assert.equal(count(), 1)
  document.visibilityState = 'visible'
  listeners.focus()
  assert.equal(count(), 2)
  live.stop()
})

test('a load that throws does not end the loading', async () => {
  const load = mock.fn(() => Promise.reject(new Error('lost')))
  const live = lib('live').every(PERIOD_MS, async () => load().catch(() => {}))
  await live.refresh()
  await live.refresh()
  assert.ok(load.mock.callCount() >= 3)
  live.stop()
})

test('after stop nothing loads and nothing listens', async () => {
  const {load, finish, count} = loads()
  const live = lib('live').every(PERIOD_MS, load)
  await finish()
  live.stop()
  passPeriods(3)
  await live.refresh()
  assert.equal(count(), 1)
  assert.deepEqual(listeners, {})
})

test('what is said to have changed is loaded at once, also when a load is under way', async () => {
  const {load, finish, count} = loads()
  const live = lib('live').every(PERIOD_MS, load)
  listeners['satmachine:changed']()
  assert.equal(count(), 1)
  await finish()
  assert.equal(count(), 2)
  await finish()
  document.visibilityState = 'hidden'
  listeners['satmachine:changed']()
  assert.equal(count(), 2)
  live.stop()
})

test('whoever says that something changed is heard by every list', () => {
  const said = []
  window.dispatchEvent = event => said.push(event.type)
  lib('live').changed()
  assert.deepEqual(said, ['satmachine:changed'])
})
