// What is said over LNbits' open websocket makes the page look, seldom, and whatever else is said nothing.
import assert from 'node:assert/strict'
import {afterEach, beforeEach, mock, test} from 'node:test'
import {lib} from './support.mjs'

const real = {WebSocket: globalThis.WebSocket}
let sockets

class FakeSocket {
  constructor(url) {
    this.url = url
    this.isClosed = false
    sockets.push(this)
  }
  close() {
    this.isClosed = true
    this.onclose?.()
  }
}

beforeEach(() => {
  sockets = []
  globalThis.WebSocket = FakeSocket
  mock.timers.enable({apis: ['setTimeout', 'Date'], now: 1_000_000})
})

afterEach(() => {
  mock.timers.reset()
  Object.assign(globalThis, real)
})

/** @returns a hearing on channel `abc`, and how often something was said to have changed */
function hearing() {
  const changed = mock.fn()
  const heard = lib('hear').changes(channel => `wss://atm/${channel}`, changed)
  heard.on('abc')
  return {heard, count: () => changed.mock.callCount()}
}

const say = (word, socket = sockets.at(-1)) => socket.onmessage({data: word})

test('it listens at the address of the channel', () => {
  hearing()
  assert.deepEqual(
    sockets.map(socket => socket.url),
    ['wss://atm/abc']
  )
})

test('the word is heard at once, and any other word is not', () => {
  const {count} = hearing()
  for (const word of ['', 'REFRESH', '{"pending": false}', 'refresh now']) say(word)
  assert.equal(count(), 0)
  say('refresh')
  assert.equal(count(), 1)
})

test('however often it is said, it is heard once a second, and the last time not lost', () => {
  const {count} = hearing()
  for (let n = 0; n < 50; n++) say('refresh')
  assert.equal(count(), 1)
  mock.timers.tick(999)
  assert.equal(count(), 1)
  mock.timers.tick(1)
  assert.equal(count(), 2)
  mock.timers.tick(60_000)
  assert.equal(count(), 2)
})

test('a lost connection is made again, later each time, and then everything is looked at', () => {
  const {count} = hearing()
  sockets[0].onopen()
  assert.equal(count(), 0)
  for (const [index, pause] of [1000, 2000, 4000, 8000, 16000, 30000, 30000].entries()) {
    sockets[index].onclose()
    mock.timers.tick(pause - 1)
    assert.equal(sockets.length, index + 1)
    mock.timers.tick(1)
    assert.equal(sockets.length, index + 2)
  }
  sockets.at(-1).onopen()
  assert.equal(count(), 1)
  sockets.at(-1).onclose()
  mock.timers.tick(1000)
  assert.equal(sockets.length, 9)
})

test('the same channel told again is no news, another one takes its place', () => {
  const {heard} = hearing()
  heard.on('abc')
  heard.on(undefined)
  assert.equal(sockets.length, 1)
  heard.on('def')
  assert.equal(sockets.length, 2)
  assert.ok(sockets[0].isClosed)
  assert.match(sockets[1].url, /def$/)
  mock.timers.tick(60_000)
  assert.equal(sockets.length, 2)
})

test('after stop nothing is connected, and what is told late connects nothing', () => {
  const {heard} = hearing()
  sockets[0].onclose()
  heard.stop()
  heard.on('def')
  mock.timers.tick(60_000)
  assert.equal(sockets.length, 1)
})
