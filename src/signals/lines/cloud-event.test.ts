import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../domain/errors.ts'
import type { DecodedLines, SeenEvent } from '../../domain/log-record.ts'
import { decodeCloudEvents } from './cloud-event.ts'

const NOW = Date.UTC(2026, 10, 22, 10)
const EVENT = {
  specversion: '1.0',
  id: 'a-1',
  type: 'com.example.deployed',
  source: '/ci/shop',
  subject: 'checkout',
  time: '2026-11-22T09:59:00Z',
  namespace: 'shop',
  data: { message: 'v7 is\nout', version: 7, service: 'checkout', more: {} },
}
const SEEN: SeenEvent = {
  at: NOW - 60_000,
  type: EVENT.type,
  source: EVENT.source,
  subject: EVENT.subject,
  text: 'v7 is out',
  labels: {
    type: EVENT.type,
    source: EVENT.source,
    subject: 'checkout',
    namespace: 'shop',
    data_message: 'v7 is\nout',
    data_version: '7',
    data_service: 'checkout',
  },
}
const STRUCTURED = 'application/cloudevents+json; charset=utf-8'

function decode(type: string, body: unknown, headers: Readonly<Record<string, string>> = {}): DecodedLines<SeenEvent> {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return decodeCloudEvents({ headers: { 'content-type': type, ...headers }, body: bytes }, NOW)
}

describe('a CloudEvent', () => {
  test('is read as one structure, in a batch and in headers', () => {
    expect(decode(STRUCTURED, EVENT)).toEqual({ records: [SEEN], refused: 0, reasons: [] })
    expect(decode('application/cloudevents-batch+json', [EVENT, EVENT]).records).toEqual([SEEN, SEEN])
    const { data, ...attributes } = EVENT
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encodeURIComponent(value)]),
    )
    expect(decode('application/json', data, headers).records).toEqual([SEEN])
    expect(decode('text/plain', 'it is out', headers).records[0]?.text).toBe('it is out')
    expect(decode('image/png', 'x', headers).records[0]?.text).toBe('')
  })

  test('needs what the standard demands; others of its batch are kept', () => {
    const { id: _, ...nameless } = EVENT
    const { records, refused, reasons } = decode('application/cloudevents-batch+json', [
      { ...EVENT, specversion: '0.3' },
      nameless,
      7,
      { ...EVENT, subject: {} },
      { ...EVENT, time: undefined, data: undefined, subject: undefined },
    ])
    expect(records).toMatchObject([{ at: NOW, text: '' }])
    expect(refused).toBe(4)
    expect(reasons).toEqual([
      'an event is of another version than 1.0',
      'an event has no id, no type or no source',
      'an event is no object',
      'the subject of an event is no text',
    ])
  })

  test('comes with so many others at once, and no more', () => {
    const { records, refused } = decode(
      'application/cloudevents-batch+json',
      Array.from({ length: 1003 }, () => EVENT),
    )
    expect([records.length, refused]).toEqual([1000, 3])
  })
})

test('what is no event is refused', () => {
  expect(() => decode('application/json', EVENT)).toThrow(UsageError)
  expect(() => decode(STRUCTURED, '{')).toThrow('the body is not JSON')
  expect(() => decode('application/cloudevents-batch+json', EVENT)).toThrow('a batch is a list')
})

test('no event is too strange to be read', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (data, more) => {
      const { records } = decode(STRUCTURED, { ...EVENT, data, extension: more })
      expect(records).toHaveLength(1)
    }),
  )
})
