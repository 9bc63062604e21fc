// One shape of error, whatever the server or the network did.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {lib} from './support.mjs'

const http = lib('http')
const answer = (status, data) => ({response: {status, data}})

test('a refusal keeps its sentence, its code and its fields', () => {
  const body = {detail: 'Too long.', code: 'invalid_input', field: 'name'}
  const error = http.toApiError(answer(422, body), true)
  assert.deepEqual(error, {
    status: 422,
    code: 'invalid_input',
    detail: 'Too long.',
    data: body,
    wrote: true
  })
})

test('no answer is status 0', () => {
  assert.equal(http.toApiError(new Error('Network Error'), false).status, 0)
})

test('an answer that is not ours has no sentence', () => {
  for (const data of ['<html>', null, undefined, {detail: [{msg: 'x'}]}]) {
    const error = http.toApiError(answer(502, data), false)
    assert.equal(error.detail, '')
    assert.equal(error.code, '')
    assert.equal(error.wrote, false)
  }
})

test('a query leaves out what is empty and keeps zero', () => {
  const query = {limit: 25, offset: 0, search: '', state: null, more: undefined}
  assert.equal(http.queryString(query), '?limit=25&offset=0')
  assert.equal(http.queryString({}), '')
  assert.equal(http.queryString({search: 'a&b'}), '?search=a%26b')
})

/** A server that answers by `reply` and remembers what it was sent. */
function server(reply) {
  const sent = []
  const request = async (method, url, _apiKey, data, {headers}) => {
    sent.push({method, url, data, key: headers['Idempotency-Key']})
    return {data: await reply(sent.length)}
  }
  globalThis.LNbits = {api: {request}}
  return sent
}
const fails = error => () => {
  throw error
}
const lost = new Error('Network Error')
const pay = data => http.request('POST', '/pay', data)

test('each act has a key of its own, and what only asks has none', async () => {
  const sent = server(() => 'done')
  await pay({sats: 1})
  await pay({sats: 1})
  await http.request('GET', '/x')
  const [first, second, third] = sent.map(({key}) => key)
  assert.match(first, /^[0-9a-f]{32}$/)
  assert.notEqual(first, second)
  assert.equal(third, undefined)
})

test('a look that needs a body has no key, and what fails of it has written nothing', async () => {
  const sent = server(fails(lost))
  await assert.rejects(http.look('POST', '/preview', {a: 1}), {wrote: false})
  await assert.rejects(pay({a: 1}), {wrote: true})
  assert.deepEqual(sent.map(({key}) => key === undefined), [true, false])
})

test('a double click is one request with one answer', async () => {
  const sent = server(count => `paid ${count}`)
  const answers = await Promise.all([
    pay({sats: 2}),
    pay({sats: 2}),
    pay({sats: 3})
  ])
  assert.deepEqual(answers, ['paid 1', 'paid 1', 'paid 2'])
  assert.equal(sent.length, 2)
})

for (const [name, error] of [
  ['no answer', lost],
  ['a broken answer', answer(502, '<html>')],
  ['the word that it is still worked on', answer(409, {code: 'request_running'})],
  ['a login that is over', answer(401, {code: 'not_authenticated'})]
]) {
  test(`after ${name} the same act keeps its key until it is decided`, async () => {
    const data = {for: name}
    const sent = server(fails(error))
    await assert.rejects(pay(data))
    await assert.rejects(pay(data))
    await assert.rejects(pay({...data, more: 1}))
    const [first, second, other] = sent.map(({key}) => key)
    assert.equal(first, second)
    assert.notEqual(first, other)

    const later = server(() => 'done')
    await pay(data)
    await pay(data)
    assert.equal(later[0].key, first)
    assert.notEqual(later[1].key, first)
  })
}

test('a refusal decides: what is sent again is another act', async () => {
  const sent = server(fails(answer(422, {code: 'funding_short'})))
  await assert.rejects(pay({sats: 4}))
  await assert.rejects(pay({sats: 4}))
  assert.notEqual(sent[0].key, sent[1].key)
})

test('a new form means something new, even if it looks the same', async () => {
  const sent = server(fails(lost))
  await assert.rejects(pay({sats: 5}))
  http.newAct()
  await assert.rejects(pay({sats: 5}))
  assert.notEqual(sent[0].key, sent[1].key)
})

test('a request gives the data or throws the one error', async () => {
  const request = async (method, url, key, data) => ({
    data: {method, url, key, data}
  })
  globalThis.LNbits = {api: {request}}
  const sent = {method: 'PUT', url: '/x', key: null, data: {a: 1}}
  assert.deepEqual(await http.request('PUT', '/x', {a: 1}), sent)

  globalThis.LNbits.api.request = async () => {
    throw answer(409, {detail: 'Moved.', code: 'state_moved'})
  }
  await assert.rejects(http.request('POST', '/x'), {
    status: 409,
    code: 'state_moved'
  })
})
