import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTestRecord } from '../../test/engine-conformance.ts'
import { engineWorld, type EngineWorld, type Senses } from '../../test/engine-world.ts'
import { POLICY, WEB_1, WEB_2 } from '../../test/gate-world.ts'
import { ConflictError, HeldError, UsageError } from '../domain/errors.ts'
import type { Entry, EntryBody } from '../domain/entry.ts'
import type { Policy } from '../domain/policy.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { Proposal } from '../domain/proposal.ts'
import type { ProposalView } from '../domain/view.ts'
import type { EnginePorts, Settings } from './ports.ts'
import type { Running } from './start.ts'

const ASKING: Policy = { ...POLICY, autonomy: 'approve', cooldownMs: 0 }
const YES = { by: 'ada', reason: 'looked at it' }
const MINUTE = 60_000

let record: RecordPort
let running: Running
let world: EngineWorld
let settings: Settings

beforeEach(async () => {
  record = await openTestRecord()
})
afterEach(async () => {
  await world.stop(running)
  await record.close()
})

async function begin(policy: Policy = ASKING, change: Partial<EnginePorts> = {}, senses: Senses = {}): Promise<void> {
  settings = { ...engineWorld(record).ports.settings, policies: [policy] }
  world = engineWorld(record, { settings, reload: async () => settings, ...change }, senses)
  running = await world.start()
}
/** A dead instance, and the time until somebody is asked about it. */
async function proposed(policy?: Policy, change?: Partial<EnginePorts>, senses?: Senses): Promise<Proposal> {
  await begin(policy, change, senses)
  world.instances.set(WEB_1, { running: false })
  await world.clock.advance(3000)
  return open()
}
async function open(): Promise<Proposal> {
  const [view, ...others] = await record.proposals({ state: 'open' })
  expect(others).toEqual([])
  if (!view) throw new Error(`nothing is proposed: ${JSON.stringify(await bodies())}`)
  return view.proposal
}
/** Waits for what a person asked while time goes on. */
async function asked<T>(answer: Promise<T>, ms = 1000): Promise<T> {
  answer.catch(() => {})
  await world.clock.advance(ms)
  return answer
}
const approve = async (proposal: string): Promise<{ run: string }> => {
  const answer = await asked(running.operator.approve({ proposal, ...YES }))
  if ('wants' in answer) throw new Error(answer.wants)
  return answer
}
const entries = async (): Promise<readonly Entry[]> => record.entries({})
const bodies = async (): Promise<EntryBody[]> => (await entries()).flatMap(({ body }) => body ?? [])
const kinds = async (): Promise<string[]> => (await entries()).map(({ kind }) => kind)
const started = async () => (await bodies()).flatMap((body) => (body.kind === 'run-started' ? [body] : []))
const ended = async (): Promise<ProposalView['ended'][]> =>
  (await record.proposals({ state: 'all' })).map((view) => view.ended).reverse()
const incident = () => running.engine.incidents.open()[0]
const restart = async (): Promise<void> => {
  await world.stop(running)
  running = await world.start()
}

describe('a plan that only the want of a yes holds back', () => {
  test('is proposed with a preview, and nothing is done meanwhile', async () => {
    const proposal = await proposed()
    expect(proposal).toMatchObject({
      plan: { remedy: 'restart-instance', target: WEB_1, risk: { risk: 1, blast: 0 }, severity: 'high' },
      verdict: { answer: 'hold' },
      preview: [{ before: { running: false } }],
    })
    expect(proposal.expiresAt - proposal.proposedAt).toBe(30 * MINUTE)
    await world.clock.advance(MINUTE)
    expect(world.instances.effects).toEqual([])
    expect((await kinds()).filter((kind) => kind === 'proposed')).toHaveLength(1)
    expect(await kinds()).not.toContain('not-run')
    expect(incident()).toMatchObject({ proposal, waitingFor: [expect.stringContaining(proposal.id)] })
    expect((await running.operator.status()).locks).toEqual([])
  })

  test('is run once it is approved, and heals', async () => {
    const { id, plan } = await proposed()
    const { run } = await approve(id)
    await world.clock.advance(10_000)
    expect(await started()).toMatchObject([{ plan: { id: plan.id }, approval: { proposal: id, ...YES } }])
    expect((await bodies()).find(({ kind }) => kind === 'run-ended')).toMatchObject({ outcome: 'healed' })
    expect(await ended()).toMatchObject([{ as: 'approved', ...YES }])
    const told = await entries()
    const at = (kind: Entry['kind']): number => told.findIndex((entry) => entry.kind === kind)
    expect(told[at('approved') + 1]).toMatchObject({ kind: 'run-started', run })
    expect(world.instances.effects).toHaveLength(1)
  })

  test('may be asked for by risk times blast radius, and by severity', async () => {
    const rule = { above: 0.2, severities: [], withinMs: MINUTE }
    // It does not answer and still runs, so that nobody knows whether it serves somebody.
    const { plan } = await proposed({ ...ASKING, autonomy: 'auto', approval: { ...rule, severities: ['high'] } })
    expect(plan.risk).toEqual({ risk: 1, blast: 0 })
    expect(await ended()).toEqual([undefined])
    settings = { ...settings, policies: [{ ...ASKING, autonomy: 'auto', approval: rule }] }
    await asked(running.operator.reload())
    await world.clock.advance(3000)
    expect(await ended()).toMatchObject([{ as: 'superseded', reason: expect.stringContaining('no longer asks') }])
    expect(await started()).toMatchObject([{ plan: { target: WEB_1 } }])
    expect((await started())[0]?.approval).toBeUndefined()
  })

  test('is not proposed in shadow: the record says that it would have been', async () => {
    settings = { ...engineWorld(record).ports.settings, policies: [ASKING], mode: 'shadow' }
    await begin(ASKING, { settings })
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(5000)
    expect(await kinds()).not.toContain('proposed')
    expect(incident()?.waitingFor).toEqual([`shadow: would have proposed restart-instance on ${WEB_1}`])
  })

  test('is only shown where the policy may only suggest', async () => {
    await begin({ ...ASKING, autonomy: 'suggest' })
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(5000)
    expect(await kinds()).not.toContain('proposed')
    expect(await bodies()).toContainEqual(expect.objectContaining({ kind: 'paged' }))
  })

  test('is not proposed while it cannot be previewed, and is tried again', async () => {
    await begin()
    world.instances.blind(WEB_1)
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(20_000)
    expect(await bodies()).toContainEqual({
      kind: 'decided',
      choice: { kind: 'none', reason: expect.stringContaining('cannot see') },
    })
    expect(await kinds()).not.toContain('proposed')
    world.instances.blind(WEB_1, false)
    await world.clock.advance(10_000)
    await open()
  })
})

describe('an answer', () => {
  test('that comes when the target is another supersedes, and is decided anew', async () => {
    const { id, preview } = await proposed()
    world.instances.replace(WEB_1)
    world.instances.set(WEB_1, { running: false })
    const answer = approve(id)
    await expect(answer).rejects.toThrow(ConflictError)
    await expect(answer).rejects.toThrow(/superseded.*identity was "life-1" and is "life-\d+"/)
    expect((await ended())[0]).toMatchObject({ as: 'superseded', reason: expect.stringContaining('identity') })
    expect(world.instances.effects).toEqual([])
    await world.clock.advance(3000)
    const anew = await open()
    expect(anew.id).not.toBe(id)
    expect(anew.preview).not.toEqual(preview)
  })

  test('given twice in the same second makes one run', async () => {
    const { id } = await proposed()
    const answers = await asked(
      Promise.allSettled(['ada', 'bob'].map((by) => running.operator.approve({ proposal: id, by, reason: 'yes' }))),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const refused = answers.find(({ status }) => status === 'rejected') as PromiseRejectedResult
    expect(refused.reason).toBeInstanceOf(ConflictError)
    expect(String(refused.reason)).toMatch(/approved by (ada|bob) at /)
    expect(await started()).toHaveLength(1)
  })

  test('that no gate but autonomy looks at: what else objects holds it back, and it stays open', async () => {
    const { id } = await proposed()
    const target = WEB_1
    await asked(running.operator.hold({ target, forMs: MINUTE, by: 'bob', reason: 'kernel' }))
    await expect(approve(id)).rejects.toThrow(HeldError)
    await expect(approve(id)).rejects.toThrow('bob holds')
    expect((await open()).id).toBe(id)
    await asked(running.operator.release({ subject: target, by: 'bob', reason: 'done' }))
    await approve(id)
    expect(await started()).toHaveLength(1)
  })

  test('of no makes the remedy refused, the next rung is proposed, and then a person is called', async () => {
    const first = await proposed()
    await asked(running.operator.reject({ proposal: first.id, by: 'ada', reason: 'not now' }), 5000)
    const second = await open()
    expect(second.plan).toMatchObject({
      remedy: 'restart-service',
      rejected: expect.arrayContaining([{ remedy: 'restart-instance', reason: 'rejected by ada: not now' }]),
    })
    await asked(running.operator.reject({ proposal: second.id, by: 'ada', reason: 'no' }), 5000)
    expect(incident()).toMatchObject({ status: 'escalated' })
    expect(await bodies()).toContainEqual(
      expect.objectContaining({ kind: 'paged', reason: expect.stringContaining('rejected by ada: not now') }),
    )
    await expect(approve(first.id)).rejects.toThrow('rejected by ada at ')
  })

  test('to something else is not taken', async () => {
    await proposed()
    await expect(approve('prop-none')).rejects.toThrow(UsageError)
  })

  test('is for one run of one plan: the next rung is proposed anew', async () => {
    const answers: Senses['answers'] = (target) => target !== WEB_1
    const { id } = await proposed(ASKING, {}, { answers })
    await approve(id)
    await world.clock.advance(15_000)
    expect((await bodies()).find(({ kind }) => kind === 'run-ended')).toMatchObject({ outcome: 'spent' })
    expect((await open()).plan.remedy).toBe('restart-service')
    expect(world.instances.effects).toHaveLength(1)
  })
})

describe('a proposal ends', () => {
  test('when its time is over: a person is paged, and nobody is asked for the same again', async () => {
    const { id, plan } = await proposed({ ...ASKING, approval: { above: 1, severities: [], withinMs: MINUTE } })
    await world.clock.advance(MINUTE)
    expect((await ended())[0]).toMatchObject({ as: 'expired', reason: 'nobody answered within 1m' })
    expect((await bodies()).filter(({ kind }) => kind === 'paged')).toMatchObject([{ about: plan.incident }])
    await expect(approve(id)).rejects.toThrow('expired')
    expect((await open()).plan.remedy).toBe('restart-service')
  })

  test('when its incident has ended', async () => {
    const { id } = await proposed()
    world.instances.set(WEB_1, { running: true, ready: true })
    await world.clock.advance(MINUTE)
    expect(running.engine.incidents.open()).toEqual([])
    expect(await ended()).toMatchObject([{ as: 'withdrawn', reason: 'the incident has ended' }])
    await expect(approve(id)).rejects.toThrow('withdrawn')
  })

  test('when it could no longer be approved, and is proposed anew when it can', async () => {
    await proposed()
    await asked(running.operator.pause({ ...YES, freeze: false }), 3000)
    expect(await ended()).toMatchObject([{ as: 'superseded', reason: expect.stringContaining('paused by ada') }])
    await asked(running.operator.resume(YES), 3000)
    await open()
    settings = { ...settings, mode: 'shadow' }
    await asked(running.operator.reload(), 3000)
    expect((await ended())[1]).toMatchObject({ as: 'superseded', reason: expect.stringContaining('shadow') })
  })

  test('when the incident is taken over, until it is given back', async () => {
    const { incident: subject } = await proposed()
    await asked(running.operator.takeOver({ incident: subject, ...YES }), 5000)
    expect(await ended()).toMatchObject([{ as: 'withdrawn', by: 'ada' }])
    expect(incident()).toMatchObject({
      takenOver: YES,
      waitingFor: expect.arrayContaining([expect.stringMatching(/^person: /)]),
    })
    await expect(asked(running.operator.takeOver({ incident: subject, ...YES }))).rejects.toThrow('by ada')
    await asked(running.operator.release({ subject, ...YES }), 5000)
    await open()
  })

  test('not when nobody can see for a while', async () => {
    const { id } = await proposed()
    world.silence(true)
    await world.clock.advance(20_000)
    await expect(approve(id)).rejects.toThrow(HeldError)
    world.silence(false)
    await world.clock.advance(5000)
    expect((await open()).id).toBe(id)
  })
})

describe('a run that is taken over', () => {
  test('comes to a safe point, and what nobody took over begins', async () => {
    await begin({ ...POLICY, ladder: ['restart-service', 'page'], cooldownMs: 0 })
    world.instances.set(WEB_1, { running: false })
    world.instances.set(WEB_2, { running: false })
    await world.clock.advance(1500)
    const { id } = incident()!
    await asked(running.operator.takeOver({ incident: id, ...YES }), 20_000)
    const refused = (await bodies()).find(({ kind }) => kind === 'refused')
    if (refused) expect(JSON.stringify(refused)).toContain('has taken the incident over')
    const landed = world.instances.effects.length
    await world.clock.advance(20_000)
    expect(world.instances.effects).toHaveLength(landed)
  })
})

describe('after a restart', () => {
  test('what was open is open, with the time it had', async () => {
    const { id, expiresAt } = await proposed()
    await restart()
    await world.clock.advance(2000)
    expect(await open()).toMatchObject({ id, expiresAt })
    await approve(id)
    expect(await started()).toHaveLength(1)
  })

  test('a clock set back makes no proposal live longer', async () => {
    const { id } = await proposed({ ...ASKING, approval: { above: 1, severities: [], withinMs: 2 * MINUTE } })
    world.clock.jumpWall(-10 * MINUTE)
    await world.clock.advance(2000)
    await asked(running.operator.resume(YES), 3000)
    const anew = await open()
    expect(anew.id).not.toBe(id)
    await world.clock.advance(2 * MINUTE)
    expect((await ended())[1]).toMatchObject({ as: 'expired' })
  })

  test('a proposal that ran out meanwhile is not approved', async () => {
    const { id } = await proposed()
    await world.stop(running)
    await world.clock.advance(31 * MINUTE)
    running = await world.start()
    await expect(approve(id)).rejects.toThrow('expired')
  })

  test('an approved run goes on with its approval', async () => {
    let dies = true
    const commit: RecordPort['commit'] = async (change) => {
      const seq = await record.commit(change)
      const begins = change.entries.some(({ body }) => body.kind === 'run-started')
      if (dies && begins) running.engine.halt.abort()
      return seq
    }
    const { id } = await proposed(ASKING, { record: { ...record, commit } })
    await approve(id)
    expect(world.instances.effects).toEqual([])
    dies = false
    await restart()
    await world.clock.advance(15_000)
    expect((await bodies()).find(({ kind }) => kind === 'run-ended')).toMatchObject({ outcome: 'healed' })
    expect(world.instances.effects).toHaveLength(1)
  })
})

test('what people call wrong stands in the incident', async () => {
  const { incident: subject, id } = await proposed()
  await asked(running.operator.markWrong({ subject, ...YES }))
  expect(incident()?.wrong).toMatchObject([{ subject, ...YES }])
  const { run } = await approve(id)
  await world.clock.advance(15_000)
  await asked(running.operator.markWrong({ subject: run, ...YES }))
  const said = (await entries()).filter(({ kind }) => kind === 'marked-wrong')
  expect(said).toMatchObject([{ incident: subject }, { incident: subject, body: { subject: run } }])
  await expect(asked(running.operator.markWrong({ subject: 'run-none', ...YES }))).rejects.toThrow(UsageError)
})
