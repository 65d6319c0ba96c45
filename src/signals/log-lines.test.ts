import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keepErrors, plain, readLine } from './log-lines.ts'

test.each<[string, string, string]>([
  ['{"level":"error","message":"no room"}', 'error', 'no room'],
  ['{"level":50,"msg":"by number"}', 'error', 'by number'],
  ['{"severity":"CRITICAL","message":"worse"}', 'fatal', 'worse'],
  ['{"level":"warning","msg":"take care"}', 'warn', 'take care'],
  ['{"lvl":"info","msg":7}', 'info', '{"lvl":"info","msg":7}'],
  ['{"level":"toString","msg":"a"}', 'unknown', 'a'],
  ['error: not JSON', 'unknown', 'error: not JSON'],
  ['{"level":"error"', 'unknown', '{"level":"error"'],
])('%s is of level %s and says %s', (line, level, text) => {
  expect(readLine(line)).toEqual({ level, text })
})

test('text of a stranger moves no cursor, turns no letters, stays on one line, and is short', () => {
  expect(plain('\u001b[31mred\u001b[0m\r\n\u202Egnp.exe')).toBe('[31mred [0m gnp.exe')
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
      expect(plain(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      expect(plain(text).length).toBeLessThanOrEqual(203)
    }),
  )
})

test('of error lines the newest few are kept, the same text once', () => {
  const line = (at: number, text = `e${at}`): { at: number; text: string } => ({ at, text })
  expect(keepErrors([line(1), line(2)], [line(3, 'e1')])).toEqual([line(2), line(3, 'e1')])
  expect(
    keepErrors(
      [],
      [1, 2, 3, 4, 5, 6, 7].map((at) => line(at)),
    ),
  ).toHaveLength(5)
})
