import { expect, test } from 'vitest'
import { enter, nextTag, protoReader, readText, readVarint, tagOf, BYTES, VARINT } from '../wire/protobuf.ts'
import { encodeAnswer, encodeFailure } from './answer.ts'
import { otlpFormOf } from './json.ts'

const ALL = { refused: 0, reasons: [] }
const SOME = { refused: 3, reasons: ['too old', 'too large'] }

test('an answer in JSON says how many were refused, and why, in the words of its signal', () => {
  const text = (answer: Uint8Array): unknown => JSON.parse(Buffer.from(answer).toString())
  expect(text(encodeAnswer('logs', 'json', ALL))).toEqual({})
  expect(text(encodeAnswer('logs', 'json', SOME))).toEqual({
    partialSuccess: { rejectedLogRecords: '3', errorMessage: 'too old; too large' },
  })
  expect(text(encodeFailure('json', 'cut off'))).toEqual({ message: 'cut off' })
})

test('an answer in protobuf says the same, and nothing where all was taken', () => {
  expect(encodeAnswer('metrics', 'protobuf', ALL)).toHaveLength(0)
  const reader = protoReader(encodeAnswer('metrics', 'protobuf', SOME))
  expect(nextTag(reader)).toBe(tagOf(1, BYTES))
  enter(reader)
  expect([nextTag(reader), readVarint(reader)]).toEqual([tagOf(1, VARINT), 3])
  expect([nextTag(reader), readText(reader)]).toEqual([tagOf(2, BYTES), 'too old; too large'])
  const failure = protoReader(encodeFailure('protobuf', 'cut off'))
  expect([nextTag(failure), readText(failure)]).toEqual([tagOf(2, BYTES), 'cut off'])
})

test.each([
  ['application/json; charset=utf-8', 'json'],
  ['application/x-protobuf', 'protobuf'],
  ['Application/X-Protobuf', 'protobuf'],
  ['text/plain', undefined],
  [undefined, undefined],
])('the content type %s names the form %s', (type, form) => {
  expect(otlpFormOf(type)).toBe(form)
})
