import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openTestRecord } from '../../test/engine-conformance.ts'
import { engineWorld } from '../../test/engine-world.ts'
import { POLICY, WEB_1 } from '../../test/gate-world.ts'
import type { Policy } from '../domain/policy.ts'

const ASKING: Policy = { ...POLICY, autonomy: 'approve', cooldownMs: 0 }
const YES = { by: 'ada', reason: 'looked at it' }
const ACTS = ['approve', 'twice', 'reject', 'take over', 'release', 'replace', 'restart', 'pause', 'resume'] as const

test('whatever people say and whenever, nothing takes effect without a yes on record to exactly that plan', async () => {
  const times = fc.array(fc.tuple(fc.constantFrom(...ACTS), fc.nat(6000)), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(times, async (acts) => {
      const record = await openTestRecord()
      const { settings } = engineWorld(record).ports
      const world = engineWorld(record, { settings: { ...settings, policies: [ASKING] } })
      let running = await world.start()
      world.instances.set(WEB_1, { running: false })
      for (const [what, ms] of acts) {
        await world.clock.advance(ms)
        const [view] = await record.proposals({ state: 'all', limit: 1 })
        const proposal = view?.proposal.id ?? 'none'
        const incident = running.engine.incidents.open()[0]?.id ?? 'none'
        const { operator } = running
        const all: Record<(typeof ACTS)[number], () => Promise<unknown>> = {
          approve: () => operator.approve({ proposal, ...YES }),
          twice: () => Promise.allSettled([1, 2].map(() => operator.approve({ proposal, ...YES }))),
          reject: () => operator.reject({ proposal, ...YES }),
          'take over': () => operator.takeOver({ incident, ...YES }),
          release: () => operator.release({ subject: incident, ...YES }),
          replace: async () => {
            world.instances.replace(WEB_1)
            world.instances.set(WEB_1, { running: false })
          },
          restart: async () => {
            await world.stop(running)
            running = await world.start()
          },
          pause: () => operator.pause({ ...YES, freeze: false }),
          resume: () => operator.resume(YES),
        }
        const answer = all[what]()
        // Nobody waits for an answer but for a restart: what it comes to is on the record.
        answer.catch(() => {})
        if (what === 'restart') await answer
      }
      await world.clock.advance(10_000)
      const bodies = (await record.entries({})).flatMap(({ body }) => body ?? [])
      const approved = new Set(bodies.flatMap((body) => (body.kind === 'approved' ? [body.proposal] : [])))
      const plans = (await record.proposals({ state: 'all' })).flatMap(({ proposal }) =>
        approved.has(proposal.id) ? [proposal.plan] : [],
      )
      const runs = bodies.flatMap((body) => (body.kind === 'run-started' ? [body.plan] : []))
      expect(runs).toEqual(plans.reverse())
      const most = runs.reduce((sum, { steps }) => sum + steps.length, 0)
      expect(world.instances.effects.length).toBeLessThanOrEqual(most)
      await world.stop(running)
      await record.close()
    }),
    { numRuns: 25 },
  )
})
