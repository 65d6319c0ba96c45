import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { otlpBody, otlpSpan } from '../../../test/fixtures/traces.ts'
import { UsageError } from '../../domain/errors.ts'
import { bytesField, varintField } from '../wire/protobuf-write.ts'
import { decodeOtlpTraces, decodeTraces } from './traces.ts'

describe('OTLP traces in JSON', () => {
  test('give service, parent and peer of every span', () => {
    const client = otlpSpan(2, {
      parent: 1,
      kind: 3,
      attributes: { 'peer.service': 'api', 'server.address': '10.0.0.7' },
    })
    const { spans, refused } = decodeTraces(otlpBody('web', [otlpSpan(1), client]))
    expect(refused).toBe(0)
    expect(spans).toMatchObject([
      { service: 'web', serves: true },
      { service: 'web', peer: 'api' },
    ])
    expect(spans[1]?.parent).toBe(spans[0]?.id)
  })

  test.each<[string, object, string | undefined]>([
    ['an address', { kind: 3, attributes: { 'server.address': 'db' } }, 'db'],
    ['an address in the words of old', { kind: 3, attributes: { 'net.peer.name': 'db' } }, 'db'],
    ['a kind by its name', { kind: 'SPAN_KIND_CLIENT', attributes: { 'peer.service': 'db' } }, 'db'],
    [
      'whom a server serves, which is no peer that it calls',
      { kind: 2, attributes: { 'peer.service': 'db' } },
      undefined,
    ],
  ])('names a peer by %s', (_what, more, peer) => {
    expect(decodeTraces(otlpBody('api', [otlpSpan(1, more)])).spans[0]?.peer).toBe(peer)
  })

  test('nobody waits for a consumer of a queue', () => {
    expect(decodeTraces(otlpBody('worker', [otlpSpan(1, { kind: 5 })])).spans[0]?.serves).toBe(false)
  })

  test('refuse a span for itself, with the reason', () => {
    const bad = [{ ...otlpSpan(1), spanId: 'xyz' }, null, 7]
    const { spans, refused, reasons } = decodeTraces(otlpBody('web', [...bad, otlpSpan(2)]))
    expect([spans.length, refused]).toEqual([1, 3])
    expect(reasons[0]).toBe('a span of "web" has no traceId and spanId in hexadecimal')
    expect(decodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [otlpSpan(1)] }] }] }).refused).toBe(1)
  })

  test.each([
    [[]],
    ['text'],
    [null],
    [{ resourceSpans: 7 }],
    [{ resourceSpans: [7] }],
    [{ resourceSpans: [{ scopeSpans: {} }] }],
  ])('are refused whole where they are none: %j', (body) => {
    expect(() => decodeTraces(body)).toThrow(UsageError)
  })

  test('whatever is posted, it is read or refused, and never anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (whole, span) => {
        for (const body of [whole, otlpBody('web', [span]), { resourceSpans: whole }]) {
          try {
            for (const { id } of decodeTraces(body).spans) expect(id).toMatch(/^[0-9a-f]{48}$/)
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(UsageError)
          }
        }
      }),
    )
  })

  test('in protobuf are the same as in JSON', () => {
    const text = (field: number, value: string): Uint8Array => bytesField(field, value)
    const hex = (field: number, value: string): Uint8Array => bytesField(field, Buffer.from(value, 'hex'))
    const pair = (key: string, value: string): Uint8Array =>
      Buffer.concat([text(1, key), bytesField(2, text(1, value))])
    const [trace, own, parent] = ['a'.repeat(32), '2'.padStart(16, '0'), '1'.padStart(16, '0')]
    const span = [hex(1, trace), hex(2, own), hex(4, parent), text(5, 'GET /'), varintField(6, 3)]
    const spans = bytesField(2, Buffer.concat([...span, bytesField(9, pair('peer.service', 'api'))]))
    const resource = bytesField(1, bytesField(1, pair('service.name', 'web')))
    const body = bytesField(1, Buffer.concat([resource, bytesField(2, spans)]))
    const json = otlpBody('web', [otlpSpan(2, { parent: 1, kind: 3, attributes: { 'peer.service': 'api' } })])
    expect(decodeOtlpTraces(body, 'protobuf')).toEqual(decodeTraces(json))
    expect(decodeOtlpTraces(Buffer.from(JSON.stringify(json)), 'json')).toEqual(decodeTraces(json))
    for (let end = 1; end < body.length; end++) {
      expect(() => decodeOtlpTraces(body.subarray(0, end), 'protobuf')).toThrow(UsageError)
    }
  })

  test('whatever bytes come as protobuf, they are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          expect(decodeOtlpTraces(bytes, 'protobuf').refused).toBeGreaterThanOrEqual(0)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(UsageError)
        }
      }),
    )
  })
})
