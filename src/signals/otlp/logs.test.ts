import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../domain/errors.ts'
import { bytesField, fixed64Field, varintField } from '../wire/protobuf-write.ts'
import { decodeOtlpLogs } from './logs.ts'

const NOW = Date.UTC(2026, 10, 22)
const NANOSECONDS = BigInt(NOW) * 1_000_000n

function json(
  records: readonly unknown[],
  resource: object = { attributes: [attribute('service.name', 'shop')] },
): Buffer {
  return Buffer.from(JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: records }] }] }))
}

function attribute(key: string, stringValue: string): object {
  return { key, value: { stringValue } }
}

function record(text: string, more: object = {}): object {
  return { timeUnixNano: String(NANOSECONDS), body: { stringValue: text }, ...more }
}

const read = (records: readonly unknown[]): ReturnType<typeof decodeOtlpLogs> =>
  decodeOtlpLogs(json(records), 'json', NOW)

/** `shop` says so in protobuf: records as their fields. */
function protobuf(records: readonly (readonly Uint8Array[])[]): Buffer {
  const pair = Buffer.concat([bytesField(1, 'service.name'), bytesField(2, bytesField(1, 'shop'))])
  const scope = Buffer.concat(records.map((fields) => bytesField(2, Buffer.concat(fields))))
  return Buffer.from(bytesField(1, Buffer.concat([bytesField(1, bytesField(1, pair)), bytesField(2, scope)])))
}

describe('OTLP logs', () => {
  test('are the same in both forms, with the labels of their resource', () => {
    const expected = [{ at: NOW, text: 'out of stock', level: 'error', labels: { job: 'shop' } }]
    expect(read([record('out of stock', { severityNumber: 17 })]).records).toEqual(expected)
    const fields = [fixed64Field(1, NANOSECONDS), varintField(2, 17), bytesField(5, bytesField(1, 'out of stock'))]
    expect(decodeOtlpLogs(protobuf([fields]), 'protobuf', NOW).records).toEqual(expected)
  })

  test.each<[string, object, string]>([
    ['its number', { severityNumber: 9 }, 'info'],
    ['the highest of its numbers', { severityNumber: 24 }, 'fatal'],
    ['its number by name', { severityNumber: 'SEVERITY_NUMBER_WARN2' }, 'warn'],
    ['its text', { severityText: 'ERROR' }, 'error'],
    ['its text where the number says nothing', { severityNumber: 0, severityText: 'Warning' }, 'warn'],
    ['nothing', {}, 'unknown'],
  ])('tell how bad a record is by %s', (_what, more, level) => {
    expect(read([record('x', more)]).records[0]?.level).toBe(level)
  })

  test('tell what a record says: a line in JSON, a structure, an exception, or an event', () => {
    const exception = [attribute('exception.type', 'Oops'), attribute('exception.message', 'no room')]
    const { records } = read([
      record('{"level":"warn","msg":"slow"}'),
      { body: { kvlistValue: { values: [attribute('a', 'b')] } } },
      { attributes: exception },
      { eventName: 'started' },
    ])
    expect(records.map(({ text, level }) => [text, level])).toEqual([
      ['slow', 'warn'],
      ['{"a":"b"}', 'unknown'],
      ['Oops: no room', 'unknown'],
      ['started', 'unknown'],
    ])
    expect(records[1]?.at).toBe(NOW)
  })

  test('refuse a record for itself, with the reason', () => {
    const { records, refused, reasons } = read([
      {},
      null,
      record('old', { timeUnixNano: '5000000' }),
      record('of tomorrow', { timeUnixNano: String(NANOSECONDS + 86_400_000_000_000n) }),
      record('x'.repeat(300_000)),
      record('good'),
    ])
    expect(records.map(({ text }) => text)).toEqual(['good'])
    expect(refused).toBe(5)
    expect(reasons).toEqual([
      'a record has no text',
      'a record is from before the year 2000',
      'a record is from more than ten minutes ahead',
      'a record is longer than 262144 characters',
    ])
  })

  test('a text that is not UTF-8 refuses its record, and no other', () => {
    const good = [bytesField(5, bytesField(1, 'good'))]
    const bad = [bytesField(5, bytesField(1, Uint8Array.of(0xff)))]
    const { records, refused } = decodeOtlpLogs(protobuf([good, bad, good]), 'protobuf', NOW)
    expect([records.length, refused]).toEqual([2, 1])
    expect(() => decodeOtlpLogs(Uint8Array.of(0x7b, 0xff, 0x7d), 'json', NOW)).toThrow('not UTF-8')
  })

  test('a body of a million empty records is refused before it takes memory', () => {
    const bomb = bytesField(1, bytesField(2, Buffer.alloc(2_000_000, Uint8Array.of(0x12, 0x00))))
    expect(() => decodeOtlpLogs(bomb, 'protobuf', NOW)).toThrow('more than 500000 parts')
  })

  test('whatever bytes come, they are read or refused, and never anything else', () => {
    const fields = [fixed64Field(1, NANOSECONDS), varintField(2, 17), bytesField(5, bytesField(1, 'out'))]
    const bodies = [
      ['protobuf', protobuf([fields, fields])],
      ['json', json([record('out', { severityNumber: 17 })])],
    ] as const
    for (const [form, body] of bodies) {
      const tryOut = (bytes: Uint8Array): void => {
        try {
          for (const one of decodeOtlpLogs(bytes, form, NOW).records) expect(one.text).toBeTypeOf('string')
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(UsageError)
        }
      }
      for (let end = 0; end < body.length; end++) tryOut(body.subarray(0, end))
      const change = fc.tuple(fc.nat(body.length - 1), fc.integer({ min: 0, max: 255 }))
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
          const bytes = Buffer.from(body)
          for (const [at, byte] of changes) bytes[at] = byte
          tryOut(bytes)
        }),
        { numRuns: 500 },
      )
    }
    fc.assert(fc.property(fc.jsonValue(), (value) => tryJson(value)))
  })
})

function tryJson(value: unknown): void {
  try {
    decodeOtlpLogs(json([value, { body: value }]), 'json', NOW)
    decodeOtlpLogs(Buffer.from(JSON.stringify({ resourceLogs: value })), 'json', NOW)
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(UsageError)
  }
}
