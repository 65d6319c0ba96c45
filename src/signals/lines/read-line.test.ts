import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyText } from '../../../test/any-text.ts'
import { plain } from './plain.ts'
import { readFileLine, readLine } from './read-line.ts'

test.each<[string, string, string]>([
  ['{"level":"error","message":"no room"}', 'error', 'no room'],
  ['{"level":50,"msg":"by number"}', 'error', 'by number'],
  ['{"severity":"CRITICAL","message":"worse"}', 'fatal', 'worse'],
  ['{"level":"warning","msg":"take care"}', 'warn', 'take care'],
  ['{"lvl":"info","msg":7}', 'info', '{"lvl":"info","msg":7}'],
  ['{"level":"toString","msg":"a"}', 'unknown', 'a'],
  ['{"log.level":"ERROR","event":"of structlog"}', 'error', 'of structlog'],
  ['error: not JSON', 'unknown', 'error: not JSON'],
  ['{"level":"error"', 'unknown', '{"level":"error"'],
  ['level=error msg="no room"', 'error', 'no room'],
  ['ts=1 caller=a.go:1 level=warn component="a b" err="it said \\"no\\""', 'warn', 'it said "no"'],
  ['time="2026-11-22T10:00:00Z" level=fatal msg=gone extra', 'fatal', 'gone'],
  ['level=error msg="cut off', 'error', 'cut off'],
  ['level=error', 'error', 'level=error'],
  ['status=500 path=/a', 'unknown', 'status=500 path=/a'],
  ['failed with level=error', 'unknown', 'failed with level=error'],
  ['2026-11-22 10:00:00,123 - root - ERROR - no room', 'error', '2026-11-22 10:00:00,123 - root - ERROR - no room'],
  ['ERROR:root:no room', 'error', 'ERROR:root:no room'],
  ['2026/11/22 10:00:00 [crit] 7#7: no room', 'fatal', '2026/11/22 10:00:00 [crit] 7#7: no room'],
  ['2026-11-22 10:00:00 UTC [7] ERROR:  no room', 'error', '2026-11-22 10:00:00 UTC [7] ERROR:  no room'],
  ['E1122 10:00:00.000000       7 a.go:1] no room', 'error', 'E1122 10:00:00.000000       7 a.go:1] no room'],
  ['INFO retries after ERROR', 'info', 'INFO retries after ERROR'],
  ['GET /ERROR HTTP/1.1 of user [critic]', 'unknown', 'GET /ERROR HTTP/1.1 of user [critic]'],
  [`${'x'.repeat(200)} ERROR`, 'unknown', `${'x'.repeat(200)} ERROR`],
])('%s is of level %s and says %s', (line, level, text) => {
  expect(readLine(line)).toMatchObject({ level, text })
})

test.each<[string, number | undefined]>([
  ['{"time":"2026-11-22T10:00:00.5Z","msg":""}', Date.UTC(2026, 10, 22, 10, 0, 0, 500)],
  ['{"ts":1795341600.25,"msg":""}', 1_795_341_600_250],
  ['{"timestamp":"1795341600250","msg":""}', 1_795_341_600_250],
  ['{"time":1795341600250000,"msg":""}', 1_795_341_600_250],
  ['{"time":"1795341600250000000","msg":""}', 1_795_341_600_250],
  ['ts=2026-11-22T12:00:00+02:00 msg=a', Date.UTC(2026, 10, 22, 10)],
  ['{"time":"2026-11-22T10:00:00","msg":"no zone"}', undefined],
  ['{"time":"1970-01-01T00:00:00Z","msg":"nobody\'s time"}', undefined],
  ['{"time":{},"msg":""}', undefined],
])('%s is of its own time', (line, at) => {
  expect(readLine(line).at).toBe(at)
})

test('logfmt comes back as it was written, whatever its values', () => {
  const value = anyText(40)
  fc.assert(
    fc.property(value, value, (other, msg) => {
      const line = `a=${JSON.stringify(other)} level=error msg=${JSON.stringify(msg)} b`
      expect(readLine(line)).toEqual({ level: 'error', text: msg })
    }),
  )
})

test.each<[string, string, string]>([
  ['2026-11-22T10:00:00.123456789Z stderr F {"level":"error","msg":"no room"}', 'error', 'no room'],
  ['{"log":"level=warn msg=slow\\n","stream":"stdout","time":"2026-11-22T10:00:00Z"}', 'warn', 'slow'],
  ['{"log":"its own","level":"error"}', 'error', '{"log":"its own","level":"error"}'],
  ['{"log":"cut off', 'unknown', '{"log":"cut off'],
  ['[error] as it is', 'error', '[error] as it is'],
])('of a file, %s says what was wrapped', (line, level, text) => {
  expect(readFileLine(line)).toEqual({ level, text })
})

test('no line is too strange to be read', () => {
  const part = fc.constantFrom('{', '}', '"', '\\', '=', 'level', 'msg', 'error', ' ', '\n', ':', ',', '\u0000', '[')
  fc.assert(
    fc.property(
      fc.oneof(
        anyText(20),
        fc.array(part, { maxLength: 60 }).map((all) => all.join('')),
      ),
      (line) => {
        expect(typeof readLine(line).text).toBe('string')
      },
    ),
  )
})

test('text of a stranger moves no cursor, turns no letters, stays on one line, and is short', () => {
  expect(plain('\u001b[31mred\u001b[0m\r\n\u202Egnp.exe')).toBe('[31mred [0m gnp.exe')
  fc.assert(
    fc.property(anyText(1000), (text) => {
      expect(plain(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      expect(plain(text).length).toBeLessThanOrEqual(203)
    }),
  )
})
