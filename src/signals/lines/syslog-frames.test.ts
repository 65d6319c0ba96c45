import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyText } from '../../../test/any-text.ts'
import { createFraming } from './syslog-frames.ts'

function framed(parts: readonly Buffer[], longestBytes = 100): { messages: string[]; refused: string[] } {
  const messages: string[] = []
  const refused: string[] = []
  const framing = createFraming({
    onMessage: (message) => messages.push(message.toString()),
    onRefused: (reason) => refused.push(reason),
    longestBytes,
  })
  for (const part of parts) framing.push(part)
  framing.end()
  return { messages, refused }
}

/** Cut at these places, as a network cuts it. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return at.slice(1).map((to, i) => bytes.subarray(at[i], to))
}

test('however a stream is cut, the same messages come out of it', () => {
  const text = anyText(20).map((one) => `<${one.toWellFormed()}`)
  const message = fc.tuple(text, fc.boolean())
  fc.assert(
    fc.property(fc.array(message, { maxLength: 10 }), fc.array(fc.nat(), { maxLength: 20 }), (given, places) => {
      const sent = given.map(([one, isCounted]) => (isCounted ? one : one.replaceAll(/[\r\n]/g, ' ')))
      const bytes = Buffer.concat(
        sent.map((one, i) => Buffer.from(given[i]?.[1] ? `${Buffer.byteLength(one)} ${one}` : `${one}\r\n`)),
      )
      expect(framed(cut(bytes, places))).toEqual({ messages: sent, refused: [] })
    }),
  )
})

test('what is too long is passed over, and what comes after it is read', () => {
  const long = 'x'.repeat(1000)
  const reason = 'a message is longer than 100 bytes'
  for (const places of [[], [50, 300], Array.from({ length: 1100 }, (_, i) => i)]) {
    const line = Buffer.from(`<13>${long}\n<13>next\n`)
    expect(framed(cut(line, places))).toEqual({ messages: ['<13>next'], refused: [reason] })
    const counted = Buffer.from(`1000 ${long}5 <13>a5 <13>b`)
    expect(framed(cut(counted, places))).toEqual({ messages: ['<13>a', '<13>b'], refused: [reason] })
  }
})

test('a length that is none, and a message that is cut off, are refused', () => {
  expect(framed([Buffer.from('12x <13>a\n<13>b\n')])).toEqual({
    messages: ['<13>b'],
    refused: ['a message has no length before it'],
  })
  expect(framed([Buffer.from('20 <13>a')])).toEqual({ messages: [], refused: ['a message is cut off'] })
  expect(framed([Buffer.from('<13>without an end')])).toEqual({ messages: ['<13>without an end'], refused: [] })
})

test('strange bytes end, and keep nothing beyond the longest message', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (parts) => {
      const { messages } = framed(parts.map((part) => Buffer.from(part)))
      expect(messages.every((message) => message.length <= 100)).toBe(true)
    }),
  )
})
