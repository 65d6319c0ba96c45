import { expect, test } from 'vitest'
import { fakeClock, type FakeClock } from '../../../test/fakes/fake-clock.ts'
import type { Alert } from '../../domain/alert.ts'
import { watchdogOf, type Watchdog } from './watchdog.ts'

const CONFIG = { alert: 'Watchdog', staleAfterMs: 300_000 }
const alert = (alertname: string, more: Partial<Alert> = {}): Alert => ({
  fingerprint: alertname,
  status: 'firing',
  labels: { alertname },
  annotations: {},
  startsAt: 0,
  source: 'alertmanager',
  receivedAt: 0,
  ...more,
})
function start(wasMissing = false): { readonly clock: FakeClock; readonly dog: Watchdog } {
  const clock = fakeClock()
  return { clock, dog: watchdogOf(CONFIG, clock, () => wasMissing) }
}

test('it is missed once it has not come for as long as it may, from the start on', async () => {
  const { clock, dog } = start()
  await clock.advance(300_000)
  expect(dog.ailment()).toBeUndefined()
  await clock.advance(1)
  expect(dog.ailment()).toMatchObject({ what: expect.stringContaining("no alert 'Watchdog' within 5m") })
})

test('it ends that by coming, is taken out of what was delivered, and leaves the others', async () => {
  const { clock, dog } = start()
  await clock.advance(400_000)
  const others = [alert('Other'), alert('Another')]
  expect(dog.take([others[0]!, alert('Watchdog'), others[1]!])).toEqual(others)
  expect(dog.ailment()).toBeUndefined()
  await clock.advance(300_001)
  expect(dog.ailment()).toBeDefined()
})

test('others prove nothing, nor does one that is resolved or over', async () => {
  const { clock, dog } = start()
  await clock.advance(400_000)
  dog.take([alert('Other'), alert('Watchdog', { status: 'resolved' }), alert('Watchdog', { endsAt: clock.now() - 1 })])
  expect(dog.ailment()).toBeDefined()
})

test('what was missing before a restart is missing until it comes', () => {
  const { dog } = start(true)
  expect(dog.ailment()).toBeDefined()
  dog.take([alert('Watchdog')])
  expect(dog.ailment()).toBeUndefined()
})

test('a wall clock that jumps makes it neither late nor early', async () => {
  const { clock, dog } = start()
  clock.jumpWall(7_200_000)
  expect(dog.ailment()).toBeUndefined()
  clock.jumpWall(-14_400_000)
  await clock.advance(300_001)
  expect(dog.ailment()).toBeDefined()
})
