// One shape of error, whatever the server or the network did.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {lib} from './support.mjs'

const http = lib('http')
const answer = (status, data) => ({response: {status, data}})

test('a refusal keeps its sentence, its code and its fields', () => {
  const body = {detail: 'Too long.', code: 'invalid_input', field: 'name'}
  const error = http.toApiError(answer(422, body), 'POST')
  assert.deepEqual(error, {
    status: 422,
    code: 'invalid_input',
    detail: 'Too long.',
    data: body,
    wrote: true
  })
})

test('no answer is status 0', () => {
  assert.equal(http.toApiError(new Error('Network Error'), 'GET').status, 0)
})

test('an answer that is not ours has no sentence', () => {
  for (const data of ['<html>', null, undefined, {detail: [{msg: 'x'}]}]) {
    const error = http.toApiError(answer(502, data), 'GET')
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
