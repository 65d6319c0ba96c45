import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test, vi } from 'vitest'
import { otlpBody, otlpSpan } from '../../test/fixtures/traces.ts'
import { RetryableError, UsageError } from '../domain/errors.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { siblingEntry } from '../lib/entry.ts'
import type { Delivery, NumberedSamples } from './messages.ts'
import { startIntake, type Intake, type IntakeOptions } from './port.ts'

const open: Intake[] = []
afterEach(async () => {
  for (const intake of open.splice(0)) await intake.close()
})

/** The intake with its own thread, which the test can end. */
function started(options: Partial<IntakeOptions> = {}): {
  readonly intake: Intake
  readonly workers: Worker[]
  readonly deaths: string[]
  readonly told: NumberedSamples[]
} {
  const [workers, deaths, told]: [Worker[], string[], NumberedSamples[]] = [[], [], []]
  const intake = startIntake(
    { maxSeries: 1000, perSource: 1000, pauseMs: 20, ...options },
    {
      onSamples: (samples) => void told.push(samples),
      onDeath: (why) => void deaths.push(why),
      spawn: (workerData) => {
        const worker = new Worker(siblingEntry(import.meta.url, './worker'), { workerData })
        workers.push(worker)
        return worker
      },
    },
  )
  open.push(intake)
  return { intake, workers, deaths, told }
}

const traces = (text = JSON.stringify(otlpBody('web', [otlpSpan(1)]))): Delivery => ({
  protocol: 'otlp-traces',
  form: 'json',
  encoding: 'identity',
  source: 'otlp from a test',
  body: new TextEncoder().encode(text),
})

test('a body is decoded in the worker, and is given away', async () => {
  const { intake } = started()
  const sent = traces()
  expect(await intake.take(sent)).toMatchObject({ refused: 0, shed: 0, spans: [{ service: 'web' }] })
  expect(sent.body.byteLength).toBe(0)
})

test('what cannot be read is refused, and the next body is read', async () => {
  const { intake, deaths } = started()
  await expect(intake.take(traces('{'))).rejects.toThrow(UsageError)
  expect((await intake.take(traces())).samples).toBe(1)
  expect(deaths).toEqual([])
})

test('when the worker dies, whoever waits shall come again, and finds it begun anew', async () => {
  const { intake, workers, deaths } = started()
  await intake.take(traces())
  const exit = once(workers[0] as Worker, 'exit')
  void workers[0]?.terminate()
  await expect(intake.take(traces())).rejects.toThrow(RetryableError)
  await exit
  expect(intake.health()).toEqual({ problem: expect.stringContaining('it ended'), restarts: 0 })
  expect(() => intake.admit(1)).toThrow(RetryableError)
  await vi.waitFor(() => expect(intake.health()).toEqual({ restarts: 1 }))
  expect((await intake.take(traces())).samples).toBe(1)
  expect([deaths.length, workers.length]).toEqual([1, 2])
})

test('a body that the worker never answers costs the worker its life, and the sender nothing', async () => {
  const { intake } = started({ patienceMs: 1 })
  await expect(
    intake.take(
      traces(
        JSON.stringify(
          otlpBody(
            'web',
            Array.from({ length: 50_000 }, (_, i) => otlpSpan(i)),
          ),
        ),
      ),
    ),
  ).rejects.toThrow(RetryableError)
})

test('room is bounded, in bytes and in bodies, and comes back once', () => {
  const { intake } = started({ room: { maxBytes: 100, maxBodies: 2 } })
  const release = intake.admit(60)
  expect(() => intake.admit(41)).toThrow('60 bytes are under way')
  const other = intake.admit(40)
  other()
  other()
  intake.admit(1)
  expect(() => intake.admit(1)).toThrow('2 bodies')
  release()
  intake.admit(60)
})

test('what this process sees goes into the bank, and is not told back', async () => {
  const { intake, told } = started()
  const target = 'lab:shop/service/web' as ResourceRef
  intake.name(['up'])
  for (const at of [Date.now() - 1000, Date.now()]) {
    intake.observe({ source: 'probe', intervalMs: 1000, samples: [{ metric: 'up', labels: {}, target, at, value: 1 }] })
  }
  await vi.waitFor(() => expect(intake.counts()).toMatchObject({ series: 1, samples: 2, named: 0 }), 3000)
  expect(told).toEqual([])
})
