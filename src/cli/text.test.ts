import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../domain/errors.ts'
import { jsonText, printable, table } from './text.ts'
import { durationOf, timeText } from './units.ts'

// oxlint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
const low = fc.integer({ min: 0, max: 0x2100 }).map((code) => String.fromCharCode(code))
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: low }))

describe('text from outside', () => {
  test('never carries to the terminal what a terminal obeys', () => {
    fc.assert(fc.property(anyText, (text) => !OBEYED.test(printable(text))))
    fc.assert(fc.property(anyText, (text) => !OBEYED.test(jsonText({ [text]: text }).replaceAll('\n', ''))))
  })

  test('is written out, whichever way a terminal can be told something', () => {
    expect(printable('\u001b[2J \u009b2J \u007f \u202e \u2066 \u200b')).toBe(
      '\\u001b[2J \\u009b2J \\u007f \\u202e \\u2066 \\u200b',
    )
  })

  test('is left as it is where it is harmless', () => {
    expect(printable('Grüße, 日本 🙂 "x"')).toBe('Grüße, 日本 🙂 "x"')
  })

  test('comes back from JSON as it went in', () => {
    fc.assert(fc.property(anyText, (text) => (JSON.parse(jsonText([text])) as string[])[0] === text))
  })

  test('cannot break out of its cell', () => {
    expect(
      table(
        ['A', 'B'],
        [
          ['x\ny', '1'],
          ['long cell', '2'],
        ],
      ),
    ).toBe('A          B\nx\\ny       1\nlong cell  2')
    expect(table(['A'], [])).toBe('none')
  })
})

describe('units', () => {
  test('durations are read as people write them', () => {
    expect(durationOf('1h30m')).toBe(5_400_000)
    for (const wrong of ['', '5', 'soon', '-1h']) expect(() => durationOf(wrong), wrong).toThrow(UsageError)
  })

  test('times are local, carry their zone, and name the moment they were made of', () => {
    const zone = process.env['TZ']
    try {
      for (const [name, text] of [
        ['Europe/Berlin', '2026-11-21T14:03:07.000+01:00'],
        ['America/St_Johns', '2026-11-21T09:33:07.000-03:30'],
        ['UTC', '2026-11-21T13:03:07.000+00:00'],
      ] as const) {
        process.env['TZ'] = name
        expect(timeText(Date.UTC(2026, 10, 21, 13, 3, 7))).toBe(text)
      }
    } finally {
      if (zone === undefined) delete process.env['TZ']
      else process.env['TZ'] = zone
    }
    fc.assert(fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => Date.parse(timeText(ms)) === ms))
  })
})
