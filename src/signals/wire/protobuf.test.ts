import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UsageError } from '../../domain/errors.ts'
import {
  BYTES,
  enter,
  FIXED32,
  FIXED64,
  leave,
  nextTag,
  protoReader,
  readDouble,
  readFixed32,
  readFixed64,
  readFloat,
  readSfixed64,
  readSigned,
  readSpan,
  readText,
  readVarint,
  readZigzag,
  skip,
  tagOf,
  VARINT,
  type ProtoReader,
} from './protobuf.ts'
import { bytesField, doubleField, fixed64Field, varintField } from './protobuf-write.ts'

const safe = fc.maxSafeInteger()
const firstOf = (body: Uint8Array): ProtoReader => {
  const reader = protoReader(body)
  nextTag(reader)
  return reader
}

test('numbers come back as they were written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 29 - 1 }), safe, fc.double(), (field, value, double) => {
      expect(nextTag(protoReader(varintField(field, value)))).toBe(tagOf(field, VARINT))
      expect(readVarint(firstOf(varintField(field, Math.abs(value))))).toBe(Math.abs(value))
      expect(readSigned(firstOf(varintField(field, value)))).toBe(value)
      expect(readDouble(firstOf(doubleField(field, double)))).toBe(double)
      expect(readFixed64(firstOf(fixed64Field(field, BigInt(Math.abs(value)))))).toBe(Math.abs(value))
      expect(readSfixed64(firstOf(fixed64Field(field, BigInt(value))))).toBe(value)
      const half = Math.trunc(value / 2) + 0
      expect(readZigzag(firstOf(varintField(field, half < 0 ? -2 * half - 1 : 2 * half)))).toBe(half)
    }),
  )
})

test('numbers beyond 2^53 are near, and the largest are read', () => {
  expect(readVarint(firstOf(varintField(1, 2n ** 64n - 1n)))).toBe(2 ** 64)
  expect(readSigned(firstOf(varintField(1, -(2n ** 63n))))).toBe(-(2 ** 63))
  expect(readFixed64(firstOf(fixed64Field(1, 1_795_251_382_350_000_000n)))).toBeCloseTo(1_795_251_382_350_000_000, -3)
})

test('the short numbers are read in their place', () => {
  const bytes = Buffer.alloc(8)
  bytes.writeFloatLE(1.5)
  bytes.writeUInt32LE(4_000_000_000, 4)
  const reader = protoReader(bytes)
  expect([readFloat(reader), readFixed32(reader), nextTag(reader)]).toEqual([1.5, 4_000_000_000, 0])
})

/** A message with messages in it: what was written, and its bytes. */
type Tree = { readonly number: number; readonly text: string; readonly inner: readonly Tree[] }
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    number: safe,
    text: fc.string({ unit: 'grapheme' }),
    inner: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('tree'), { maxLength: 3 })),
  }),
}))
/** Field 7 and 9 are what a newer sender may add. */
const written = ({ number, text, inner }: Tree): Uint8Array =>
  Buffer.concat([
    varintField(1, number),
    doubleField(7, number),
    bytesField(2, text),
    ...inner.map((each) => bytesField(3, written(each))),
    bytesField(9, text),
    varintField(9, number),
  ])

function readTree(reader: ProtoReader): Tree {
  const found = { number: 0, text: '', inner: [] as Tree[] }
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === tagOf(1, VARINT)) found.number = readSigned(reader)
    else if (tag === tagOf(2, BYTES)) found.text = readText(reader)
    else if (tag === tagOf(3, BYTES)) {
      const outer = enter(reader)
      found.inner.push(readTree(reader))
      leave(reader, outer)
    } else skip(reader, tag)
  }
  return found
}

test('messages in messages come back, and what is not known is passed over', () => {
  fc.assert(
    fc.property(tree, (tree) => {
      expect(readTree(protoReader(written(tree)))).toEqual(tree)
    }),
  )
})

test('a message may stand anywhere in an array, and may be left half read', () => {
  const body = Buffer.concat([
    Buffer.from('before'),
    bytesField(3, varintField(1, 5)),
    varintField(1, 6),
    Buffer.of(255),
  ])
  const reader = protoReader(body, 6, body.length - 1)
  expect(nextTag(reader)).toBe(tagOf(3, BYTES))
  leave(reader, enter(reader))
  expect([nextTag(reader), readVarint(reader), nextTag(reader)]).toEqual([tagOf(1, VARINT), 6, 0])
})

test('what is cut off, changed or made up is read or refused with a UsageError, and never beyond its end', () => {
  const hurt = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.tuple(tree, fc.nat(), fc.nat(255)).map(([tree, place, byte]) => {
      const body = Uint8Array.from(written(tree))
      body[place % body.length] = byte
      return body
    }),
    fc.tuple(tree, fc.nat()).map(([tree, place]) => {
      const body = written(tree)
      return body.subarray(0, place % body.length)
    }),
  )
  fc.assert(
    fc.property(hurt, (body) => {
      const reader = protoReader(body)
      try {
        readTree(reader)
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
      }
      expect(reader.at).toBeLessThanOrEqual(body.length)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['a number without end', [8, ...Array<number>(11).fill(255)], 'longer than ten bytes'],
  ['a number cut off', [8, 255], 'at byte 1 a number is cut off'],
  ['a double cut off', [tagOf(1, FIXED64), 1, 2], 'a value is cut off'],
  ['a short number cut off', [tagOf(1, FIXED32), 1, 2], 'a value is cut off'],
  ['a length beyond the end', [tagOf(1, BYTES), 200, 1, 0], '200 bytes are announced'],
  ['a length beyond all ends', [tagOf(1, BYTES), ...Array<number>(9).fill(255), 1], 'bytes are announced'],
  ['field 0', [0, 0], 'no field has such a number'],
  ['a group', [11, 12], 'there is no wire type 3'],
])('%s is refused', (_, bytes, why) => {
  const reader = protoReader(Uint8Array.from(bytes))
  const read = () => skip(reader, nextTag(reader))
  expect(read).toThrow(UsageError)
  expect(() => readTree(protoReader(Uint8Array.from(bytes)))).toThrow(why)
})

test('a text that is not UTF-8 is refused, short or long', () => {
  for (const length of [2, 100]) {
    const body = bytesField(2, Buffer.alloc(length, 0xff))
    expect(() => readTree(protoReader(body))).toThrow('not UTF-8')
  }
})

test('messages in each other without end are refused', () => {
  let body: Uint8Array = varintField(1, 1)
  for (let depth = 0; depth < 64; depth++) body = bytesField(3, body)
  expect(readTree(protoReader(body)).inner).toHaveLength(1)
  expect(() => readTree(protoReader(bytesField(3, body)))).toThrow('more than 64 deep')
})

test('packed numbers are read as a message without tags', () => {
  const reader = firstOf(bytesField(4, Uint8Array.of(1, 2, 0x80, 1)))
  const outer = enter(reader)
  const found: number[] = []
  while (reader.at < reader.end) found.push(readVarint(reader))
  leave(reader, outer)
  expect(found).toEqual([1, 2, 128])
  expect(nextTag(reader)).toBe(0)
})

test('a span says where its bytes are', () => {
  const reader = firstOf(bytesField(4, 'abc'))
  readSpan(reader)
  expect([reader.from, reader.to, reader.at]).toEqual([2, 5, 5])
})
