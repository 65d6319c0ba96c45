import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UsageError } from '../../domain/errors.ts'
import { packSnappy } from '../../../test/fixtures/snappy.ts'
import { unsnappy } from './snappy.ts'

const MOST = 1 << 20
const lengthOf = (length: number): number[] =>
  length < 128 ? [length] : [(length & 127) | 128, ...lengthOf(Math.floor(length / 128))]
const bytesOf = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => (value >>> (8 * i)) & 255)

/** What a packer may write: bytes as they are, or a piece of what is already there. */
type Piece =
  | { readonly literal: Uint8Array }
  | { readonly back: number; readonly length: number; readonly form: 1 | 2 | 3 }
const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.record({ literal: fc.uint8Array({ minLength: 1, maxLength: 300 }) }),
  fc.record({ back: fc.integer({ min: 1 }), length: fc.integer({ min: 4, max: 64 }), form: fc.constantFrom(1, 2, 3) }),
)

function packed(pieces: readonly Piece[]): { body: Uint8Array; plain: number[] } {
  const plain: number[] = []
  const body: number[] = []
  for (const piece of pieces) {
    if ('literal' in piece) {
      const length = piece.literal.length - 1
      if (length < 60) body.push(length << 2)
      else if (length < 256) body.push(60 << 2, length)
      else body.push(61 << 2, ...bytesOf(length, 2))
      body.push(...piece.literal)
      plain.push(...piece.literal)
      continue
    }
    if (plain.length === 0) continue
    const back = 1 + (piece.back % Math.min(plain.length, piece.form === 1 ? 2047 : 65_535))
    const length = piece.form === 1 ? 4 + (piece.length % 8) : piece.length
    if (piece.form === 1) body.push(1 | ((length - 4) << 2) | ((back >>> 8) << 5), back & 255)
    else body.push(piece.form | ((length - 1) << 2), ...bytesOf(back, piece.form === 2 ? 2 : 4))
    for (let i = 0; i < length; i++) plain.push(plain[plain.length - back] as number)
  }
  return { body: Uint8Array.from([...lengthOf(plain.length), ...body]), plain }
}

test('what is packed comes back, in every form there is', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const { body, plain } = packed(pieces)
      expect([...unsnappy(body, MOST)]).toEqual(plain)
    }),
  )
})

test('what our own packer of tests packs comes back', () => {
  const words = fc.array(fc.constantFrom('instance', '127.0.0.1:9100', 'job', 'node', '\n', '0'), { maxLength: 300 })
  fc.assert(
    fc.property(words, fc.uint8Array({ maxLength: 99 }), (words, bytes) => {
      const plain = Buffer.concat([Buffer.from(words.join('')), bytes])
      expect(Buffer.compare(unsnappy(packSnappy(plain), MOST), plain)).toBe(0)
    }),
  )
})

test('long literals come back', () => {
  const literal = Buffer.alloc(70_000, 'kintsugi')
  const body = Buffer.concat([
    Buffer.from([...lengthOf(literal.length), 62 << 2, ...bytesOf(literal.length - 1, 3)]),
    literal,
  ])
  expect(Buffer.compare(unsnappy(body, MOST), literal)).toBe(0)
})

test('what is cut off, changed or made up comes out at its announced length or is refused', () => {
  const hurt = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.array(piece, { maxLength: 10 }), fc.nat(), fc.option(fc.nat(255))).map(([pieces, place, byte]) => {
      const { body } = packed(pieces)
      if (byte === null) return body.subarray(0, place % body.length)
      body[place % body.length] = byte
      return body
    }),
  )
  fc.assert(
    fc.property(hurt, (body) => {
      try {
        expect(unsnappy(body, MOST).length).toBeLessThanOrEqual(Math.min(MOST, body.length * 22))
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
      }
    }),
    { numRuns: 3000 },
  )
})

test('a bomb is refused before memory is taken for it', () => {
  const before = process.memoryUsage().arrayBuffers
  expect(() => unsnappy(Uint8Array.from([...lengthOf(2 ** 32 - 1), 0, 1]), 2 ** 40)).toThrow('cannot become 4294967295')
  expect(() => unsnappy(Uint8Array.from([...lengthOf(MOST + 1), 0, 1]), MOST)).toThrow('1048576 are taken in')
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
})

test.each([
  ['nothing', [], 'does not begin with its length'],
  ['a length without end', [255, 255, 255, 255, 255, 1], 'does not begin with its length'],
  ['a literal beyond the end', [4, 12, 1, 2], 'a literal is too long'],
  ['a literal beyond what is announced', [1, 4, 1, 2], 'a literal is too long'],
  ['a copy of what is not there', [8, 0, 7, 1, 2], 'a copy is of nothing'],
  ['a copy of nothing', [5, 0, 7, 1, 0], 'a copy is of nothing'],
  ['a copy beyond what is announced', [4, 0, 7, 1, 1], 'a copy is of nothing'],
  ['a copy cut off', [5, 0, 7, 2, 1], 'cut off'],
  ['less than is announced', [3, 4, 1, 2], '3 bytes are announced, and 2 are there'],
])('%s is refused', (_, body, why) => {
  expect(() => unsnappy(Uint8Array.from(body), MOST)).toThrow(why)
  expect(() => unsnappy(Uint8Array.from(body), MOST)).toThrow(UsageError)
})

test('nothing packed is nothing', () => expect(unsnappy(Uint8Array.of(0), 0)).toHaveLength(0))
