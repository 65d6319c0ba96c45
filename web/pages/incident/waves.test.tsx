import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import type { IncidentView } from '../../../src/domain/view.ts'
import { Waves } from './waves.tsx'

const fixture = (name: string): IncidentView =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures', `${name}.json`), 'utf8')) as IncidentView

/** What somebody reads, cell by cell. */
const textOf = (name: string): string =>
  renderToStaticMarkup(<Waves shown={fixture(name).plans[0]!} />)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')

test('the waves of a plan are drawn with their numbers, and to whom it is owed', () => {
  const text = textOf('incident-waves')
  expect(text).toMatch(/1 1 1 of 1 0 of 7 0\.125 .*better: goes on 2 2 3 of 3 0 of 5 /)
  expect(text).toMatch(/3 5 .*not compared: nothing is left untouched/)
  expect(text).toContain('Fixed by us compared with untouched ones:')
})

test('a run without a control is labelled uncontrolled, and says why', () => {
  const text = textOf('incident-healed')
  expect(text).toContain('Uncontrolled Judged by before and after: nothing as sick was left untouched')
  expect(text).toContain('Fixed by us')
})
