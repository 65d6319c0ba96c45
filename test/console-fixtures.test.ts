import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { IncidentViewAnswer, OverviewAnswer, PolicyViewAnswer, TargetViewAnswer } from '../src/api/answers-views.ts'
import { consoleFixtures, type ConsoleFixtures } from './console-fixtures.ts'

const SCHEMAS: Readonly<Record<keyof ConsoleFixtures, z.ZodType>> = {
  'overview-quiet': OverviewAnswer,
  'overview-busy': OverviewAnswer,
  'incident-healed': IncidentViewAnswer,
  'incident-waiting': IncidentViewAnswer,
  'incident-stuck': IncidentViewAnswer,
  'incident-waves': IncidentViewAnswer,
  targets: z.array(TargetViewAnswer),
  policies: z.array(PolicyViewAnswer),
}

const folder = join(import.meta.dirname, '..', 'web', 'fixtures')

test('every fixture of the console is what the server may answer', () => {
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const value: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
    expect(schema.safeParse(value).error, name).toBeUndefined()
  }
  const made = Object.keys(SCHEMAS).map((name) => `${name}.json`)
  expect(made.filter((name) => !readdirSync(folder).includes(name))).toEqual([])
})

test('the real engine comes to the same stories: one healed, one that waits, one that is stuck', async () => {
  const made = await consoleFixtures()
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const onTheWire: unknown = JSON.parse(JSON.stringify(made[name as keyof ConsoleFixtures]))
    expect(schema.safeParse(onTheWire).error, name).toBeUndefined()
  }
  expect(made['incident-healed']).toMatchObject({ incident: { endedBy: 'kintsugi' }, plans: [{ outcome: 'healed' }] })
  expect(made['incident-waiting']).toMatchObject({ proposal: {}, plans: [{ became: 'proposed' }] })
  expect(made['incident-waves'].plans).toMatchObject([
    { outcome: 'healed', credited: { controlled: true }, comparisons: [{ wave: 0 }, { wave: 1 }] },
  ])
  expect(made['incident-stuck'].plans).toMatchObject([{ outcome: 'stuck', steps: [{ undo: { state: 'ready' } }] }])
  expect(made['overview-quiet']).toMatchObject({ needs: [], touched: [], budgets: [] })
  expect(made['overview-busy'].needs.map(({ kind }) => kind)).toEqual(['stuck', 'proposal'])
})
