import { expect, test } from 'vitest'
import { POLICY, problems, withLab } from '../../test/fixtures/bad-files.ts'
import { HANDS_OFF } from '../domain/hand.ts'
import type { Config } from './config.ts'
import { loadConfig } from './load.ts'

const load = (...lines: string[]): Config =>
  loadConfig(withLab(...lines), { file: 'kintsugi.yaml', env: {}, readFile: () => '' })
const NIGHT = 'maintenanceWindows: [{ name: night, start: "0 1 * * *", lasts: 4h, timeZone: Europe/Berlin }]'
const night = { name: 'night', when: { every: { cron: '0 1 * * *', timeZone: 'Europe/Berlin' }, lastsMs: 14_400_000 } }

test('tasks and policies name their windows', () => {
  const task = '{ name: t, in: [night], schedule: every 1h, target: "lab:shop/instance/*", ladder: [page] }'
  const { policies, maintenanceWindows } = load(
    NIGHT,
    `policies: [{ ${POLICY} }, { ${POLICY.replace('p,', 'q,')}, in: [night] }]`,
    `maintenance: [${task}]`,
  )
  expect(maintenanceWindows).toEqual([night])
  expect(policies.map(({ name, windows }) => [name, windows])).toEqual([
    ['p', undefined],
    ['q', [night]],
    ['t', [night]],
  ])
})

test.each([
  [
    `policies: [{ ${POLICY}, in: [nigth] }]`,
    'policies[0].in[0]: no window of maintenanceWindows is named "nigth"; did you mean "night"?',
  ],
  [`policies: [{ ${POLICY}, in: [] }]`, 'policies[0].in: expected a list of one or more, got a list'],
])('%s is refused', (line, message) => {
  expect(problems(withLab(NIGHT, line)).join()).toContain(message.split(', got')[0])
})

const LATER = '{ name: later, from: "2026-12-20T00:00+01:00", until: "2026-12-21T00:00+01:00" }'
const task = (schedule: string, more = ''): string =>
  `maintenance: [{ name: t, in: [night], schedule: ${schedule}, timeZone: Europe/Berlin${more}, target: "lab:shop/instance/*", ladder: [page] }]`

test.each([
  ['daily 12:00', '', true],
  ['daily 12:00', ', window: 13h', false],
  ['daily 12:00', ', window: 1h, jitter: 12h', false],
  ['daily 00:30', '', false],
  ['daily 07:00', '', true],
  ['every 30s', '', false],
  ['monthly 31 04:59', '', false],
  ['"0 12 29 2 *"', '', true],
  ['"0 3 29 2 *"', '', false],
])('a task that comes %s%s and is never due inside its window is refused: %s', (schedule, more, refused) => {
  const told = refused
    ? [expect.stringMatching(/maintenance\[0]\.in: it comes .*, and night is never open then: move one of them/)]
    : []
  expect(problems(withLab(NIGHT, task(schedule, more)))).toEqual(told)
})

test('a window that opens once is judged by its own times', () => {
  const once = `maintenanceWindows: [${LATER.replace('later', 'night')}]`
  expect(problems(withLab(once, task('daily 12:00')))).toEqual([])
  expect(problems(withLab(once, task('weekly wed 12:00'))).join()).toContain('is never open then')
})

test('a window needs its times', () => {
  expect(problems(withLab('maintenanceWindows: [{ name: w, start: "0 1 * * *" }]')).join()).toContain(
    'maintenanceWindows[0]: needs start and lasts (in a zone), or from and until; it has start',
  )
})

const HOUR = 3_600_000
test.each([
  ['', 300_000, { factor: 2, maxMs: 6 * HOUR }],
  ['cooldown: 10m', 600_000, { factor: 2, maxMs: 6 * HOUR }],
  ['cooldown: 8h', 8 * HOUR, { factor: 2, maxMs: 8 * HOUR }],
  ['cooldown: { base: 10m, factor: 3, max: 1h }', 600_000, { factor: 3, maxMs: HOUR }],
  ['cooldown: { factor: 1 }', 300_000, { factor: 1, maxMs: 6 * HOUR }],
])('a policy with %j rests so long', (text, cooldownMs, backoff) => {
  const { policies } = load(`policies: [{ ${POLICY}${text && `, ${text}`} }]`)
  expect(policies[0]).toMatchObject({ cooldownMs, backoff })
})

test('the longest rest is not shorter than the first, and a factor makes none shorter', () => {
  const told = problems(withLab(`policies: [{ ${POLICY}, cooldown: { base: 10m, max: 5m } }]`)).join()
  expect(told).toContain('policies[0].cooldown.max: must not be shorter than the base, 10m')
  expect(problems(withLab(`policies: [{ ${POLICY}, cooldown: { factor: 0.5 } }]`)).join()).toContain(
    'policies[0].cooldown.factor: expected a number from 1 to 100',
  )
})

test('hands off are as shown where nothing is said, and each is said for itself', () => {
  expect(load().limits.handsOff).toEqual(HANDS_OFF)
  expect(load('limits: { handsOff: { silenced: false, afterHumanChange: 0s } }').limits.handsOff).toEqual({
    ...HANDS_OFF,
    silenced: false,
    afterHumanChangeMs: 0,
  })
  expect(problems(withLab('limits: { handsOff: { afterHumanChange: 25h } }')).join()).toContain(
    'not be longer than 24h',
  )
})

test('an Alertmanager is asked for its silences unless that is said otherwise', () => {
  const section = 'url: "http://am:9093", bearer: s3cret'
  const { alertmanager } = load(`sources: { alertmanager: { ${section} } }`)
  expect(alertmanager).toMatchObject({ url: 'http://am:9093', intervalMs: 10_000, timeoutMs: 5000 })
  expect(alertmanager?.headers['Authorization']?.reveal()).toBe('Bearer s3cret')
  expect(JSON.stringify(alertmanager)).not.toContain('s3cret')
  expect(load(`sources: { alertmanager: { ${section}, readSilences: false } }`).alertmanager).toBeUndefined()
  expect(problems(withLab('sources: { alertmanager: { url: "http://u:p@am:9093" } }')).join()).toContain(
    'no credentials',
  )
})
