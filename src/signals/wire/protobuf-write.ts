import { BYTES, FIXED64, VARINT, tagOf } from './protobuf.ts'

/*
 * Fields of protobuf messages, each as its bytes: for the small answers that senders want, and for bodies of tests. A
 * message is its fields one behind the other: `Buffer.concat(fields)`.
 */

/** A whole number, negative ones as int64. */
export function varintField(field: number, value: number | bigint): Uint8Array {
  return Buffer.concat([varint(tagOf(field, VARINT)), varint(value)])
}

/** A double. */
export function doubleField(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return Buffer.concat([varint(tagOf(field, FIXED64)), bytes])
}

/** A fixed64 or sfixed64. */
export function fixed64Field(field: number, value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value))
  return Buffer.concat([varint(tagOf(field, FIXED64)), bytes])
}

/** A text, bytes, or a message within. */
export function bytesField(field: number, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([varint(tagOf(field, BYTES)), varint(bytes.length), bytes])
}

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
