import { expect, test } from 'vitest'
import { drain, fakeClock } from '../../test/fakes/fake-clock.ts'
import { BlindError } from '../domain/errors.ts'
import { NoAnswerError, within } from './deadline.ts'

const never = new AbortController().signal
const forever = (): Promise<never> => new Promise(() => {})

test('work that ends in time is its result, or its error', async () => {
  const deadline = { timeoutMs: 10, clock: fakeClock(), abort: never }
  expect(await within(deadline, async () => 'done')).toBe('done')
  await expect(within(deadline, () => Promise.reject(new TypeError('broken')))).rejects.toThrow('broken')
})

test('work that does not end is given up, whether or not it heeds the signal', async () => {
  const clock = fakeClock()
  const heedful = within({ timeoutMs: 10, clock, abort: never }, (abort) => {
    return new Promise((_, reject) => abort.addEventListener('abort', () => reject(new Error('in its own words'))))
  })
  const both = Promise.allSettled([heedful, within({ timeoutMs: 10, clock, abort: never }, forever)])
  await clock.advance(10)
  await drain()
  for (const result of await both) expect(result).toMatchObject({ reason: new NoAnswerError('no answer in 10 ms') })
})

test('a time-out that came late, because this process stood still, is blindness', async () => {
  const clock = fakeClock()
  const result = Promise.allSettled([within({ timeoutMs: 1000, clock, abort: never }, forever)])
  clock.suspend(60_000)
  await clock.advance(1000)
  await drain()
  expect((await result)[0]).toMatchObject({ reason: expect.any(BlindError) })
})

test('an abort from outside ends the work with its reason', async () => {
  const stop = new AbortController()
  const work = within({ timeoutMs: 10, clock: fakeClock(), abort: stop.signal }, forever)
  stop.abort(new Error('shutting down'))
  await expect(work).rejects.toThrow('shutting down')
  await expect(within({ timeoutMs: 10, clock: fakeClock(), abort: stop.signal }, forever)).rejects.toThrow(
    'shutting down',
  )
})
