import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTestRecord } from '../../test/engine-conformance.ts'
import { engineWorld, type EngineWorld } from '../../test/engine-world.ts'
import { POLICY, WEB, WEB_1 } from '../../test/gate-world.ts'
import type { EntryBody } from '../domain/entry.ts'
import { ConflictError, ForbiddenError, HeldError } from '../domain/errors.ts'
import type { Approved, Order } from '../domain/operator.ts'
import type { Identity } from '../domain/person.ts'
import type { Policy } from '../domain/policy.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { ProposalView } from '../domain/view.ts'
import type { Settings } from './ports.ts'
import type { Running } from './start.ts'

const MINUTE = 60_000
const RULE = { above: 0, severities: [], withinMs: 30 * MINUTE }
const ONE: Policy = { ...POLICY, autonomy: 'approve', cooldownMs: 0, approval: RULE }
const TWO: Policy = { ...ONE, approval: { ...RULE, approvers: 2 } }

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

async function proposed(policy: Policy, more: Partial<Settings> = {}): Promise<string> {
  settings = { ...engineWorld(record).ports.settings, ...more, policies: [policy] }
  world = engineWorld(record, { settings, reload: async () => settings })
  running = await world.start()
  world.instances.set(WEB_1, { running: false })
  await world.clock.advance(3000)
  const [view] = await record.proposals({ state: 'open' })
  if (!view) throw new Error('nothing is proposed')
  return view.proposal.id
}
async function asked<T>(answer: Promise<T>, ms = 1000): Promise<T> {
  answer.catch(() => {})
  await world.clock.advance(ms)
  return answer
}
const identity = (name: string, more: Partial<Identity> = {}): Identity => ({
  person: name,
  known: [name],
  role: 'approver',
  ...more,
})
const by = (name: string, more: Partial<Identity> = {}): Order => ({
  by: name,
  reason: 'go',
  who: identity(name, more),
})
const approve = (proposal: string, order: Order): Promise<Approved> =>
  asked(running.operator.approve({ proposal, ...order }))
const bodies = async (): Promise<EntryBody[]> => (await record.entries({})).flatMap(({ body }) => body ?? [])
const kinds = async (...of: string[]): Promise<string[]> =>
  (await bodies()).map(({ kind }) => kind).filter((kind) => of.includes(kind))
const view = async (): Promise<ProposalView | undefined> => (await record.proposals({ state: 'all' }))[0]
const restart = async (): Promise<void> => {
  await world.stop(running)
  running = await world.start()
}

describe('where the policy asks two people', () => {
  test('the first yes is on the record, and the run begins with that of another', async () => {
    const id = await proposed(TWO)
    expect(await approve(id, by('ann'))).toEqual({ wants: expect.stringContaining('another person') })
    expect(await kinds('endorsed', 'approved', 'run-started')).toEqual(['endorsed'])
    expect(world.instances.effects).toEqual([])
    expect(await view()).toMatchObject({ endorsed: { by: 'ann', person: 'ann', reason: 'go' } })
    const [incident] = running.engine.incidents.open()
    expect(incident).toMatchObject({
      endorsed: { by: 'ann' },
      waitingFor: [expect.stringContaining('a second person (ann has said yes)')],
    })
    expect(await approve(id, by('bob'))).toEqual({ run: expect.stringMatching(/^run-/) })
    const told = await bodies()
    const at = told.findIndex(({ kind }) => kind === 'approved')
    expect(told.slice(at, at + 2)).toMatchObject([
      { by: 'bob', proposal: id },
      { kind: 'run-started', approval: { by: 'bob', first: { by: 'ann' } } },
    ])
    await world.clock.advance(10_000)
    expect(world.instances.effects).toHaveLength(1)
    expect(running.engine.incidents.open()[0]?.endorsed).toBeUndefined()
  })

  test('one person is one, however often and by whatever way they say it', async () => {
    const id = await proposed(TWO)
    await approve(id, by('ann (oidc)', { person: 'oidc:1' }))
    const ways = [
      by('ann (oidc)', { person: 'oidc:1' }),
      by('Anna (oidc)', { person: 'oidc:1' }),
      by('ann'),
      by('ann (oidc)', { person: 'oidc:2' }),
    ]
    for (const one of ways) await expect(approve(id, one)).rejects.toThrow(ConflictError)
    expect(await kinds('endorsed', 'approved')).toEqual(['endorsed'])
  })

  test('two at once are two: one of them is the first', async () => {
    const id = await proposed(TWO)
    const both = Promise.all(['ann', 'bob'].map((name) => running.operator.approve({ proposal: id, ...by(name) })))
    const answers = await asked(both)
    expect(answers.filter((answer) => 'run' in answer)).toHaveLength(1)
    expect(await kinds('endorsed', 'approved', 'run-started')).toEqual(['endorsed', 'approved', 'run-started'])
  })

  test('four at once start one run, and the same one twice at once starts none', async () => {
    const id = await proposed(TWO)
    const twice = Promise.allSettled(
      ['ann', 'ann'].map((name) => running.operator.approve({ proposal: id, ...by(name) })),
    )
    expect((await asked(twice)).map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await kinds('run-started')).toEqual([])
    const many = Promise.allSettled(
      ['bob', 'cem', 'dot'].map((name) => running.operator.approve({ proposal: id, ...by(name) })),
    )
    expect((await asked(many)).filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await kinds('run-started')).toEqual(['run-started'])
  })

  test('the first yes outlives this process', async () => {
    const id = await proposed(TWO)
    await approve(id, by('ann'))
    await restart()
    await expect(approve(id, by('ann'))).rejects.toThrow(/only ann has said yes/)
    expect(await approve(id, by('bob'))).toHaveProperty('run')
  })

  test('between the two it can be rejected, expire, and be superseded; the first yes is then worth nothing', async () => {
    const id = await proposed(TWO)
    await approve(id, by('ann'))
    await asked(running.operator.reject({ proposal: id, ...by('cem') }))
    await expect(approve(id, by('bob'))).rejects.toThrow(/rejected by cem/)
    expect(await kinds('run-started')).toEqual([])
  })

  test('it expires all the same', async () => {
    const id = await proposed({ ...TWO, approval: { ...RULE, withinMs: MINUTE, approvers: 2 } })
    await approve(id, by('ann'))
    await world.clock.advance(MINUTE)
    await expect(approve(id, by('bob'))).rejects.toThrow(/expired/)
    const [told] = await record.proposals({ state: 'all', proposal: id })
    expect(told).toMatchObject({ ended: { as: 'expired' }, endorsed: { by: 'ann' } })
  })

  test('what has changed since the first yes supersedes', async () => {
    const id = await proposed(TWO)
    await approve(id, by('ann'))
    world.instances.replace(WEB_1)
    world.instances.set(WEB_1, { running: false })
    await expect(approve(id, by('bob'))).rejects.toThrow(/superseded/)
    expect(await kinds('run-started')).toEqual([])
  })

  test('nobody is the first while another gate objects', async () => {
    const id = await proposed(TWO)
    await asked(running.operator.hold({ ...by('zoe'), target: WEB, forMs: MINUTE }))
    await expect(approve(id, by('ann'))).rejects.toThrow(HeldError)
    expect(await kinds('endorsed')).toEqual([])
  })

  test('who has proven nothing is none of them', async () => {
    const id = await proposed(TWO)
    await expect(approve(id, by('ann', { claimed: true }))).rejects.toThrow(/nobody proves who they are/)
  })

  test('that it asks two is found out in the middle, too', async () => {
    const id = await proposed(ONE)
    settings = { ...settings, policies: [TWO] }
    await asked(running.operator.reload())
    expect(await approve(id, by('ann'))).toHaveProperty('wants')
    settings = { ...settings, policies: [ONE] }
    await asked(running.operator.reload())
    expect(await approve(id, by('ann'))).toHaveProperty('run')
  })
})

describe('where the policy lists who may', () => {
  const listed = (...approvers: string[]): Policy => ({ ...ONE, access: { approve: approvers } })

  test('others are told who may, for yes, for no and for taking over', async () => {
    const id = await proposed(listed('bob', 'group:sre', 'role:admin'))
    const [incident] = running.engine.incidents.open()
    const asks = [
      () => running.operator.approve({ proposal: id, ...by('ann') }),
      () => running.operator.reject({ proposal: id, ...by('ann') }),
      () => running.operator.takeOver({ incident: incident?.id ?? '', ...by('ann') }),
    ]
    for (const ask of asks) {
      const told = await asked<unknown>(ask()).catch((thrown: unknown) => thrown)
      expect(told).toBeInstanceOf(ForbiddenError)
      expect(String(told)).toContain("leaves this to bob, group:sre, role:admin; 'ann' is none of them")
    }
    expect(await kinds('approved', 'proposal-ended', 'taken-over')).toEqual([])
    expect(await approve(id, by('x', { known: ['user:x', 'group:sre'] }))).toHaveProperty('run')
  })

  test.each([
    ['by name', by('bob'), true],
    ['by role, which is what they have', by('x', { role: 'admin' }), true],
    ['at the machine', by('anybody', { claimed: true, role: 'admin', known: ['local'] }), true],
    ['of a group of the same name', by('x', { known: ['user:x', 'group:bob'] }), false],
    ['a user of the same name', by('bob', { known: ['user:bob'] }), false],
    ['at the machine, who says a name', by('bob', { claimed: true, known: ['local'] }), false],
  ] as const)('%s', async (_, order, may) => {
    const id = await proposed(listed('bob', 'role:admin'))
    const answer = approve(id, order)
    if (may) expect(await answer).toHaveProperty('run')
    else await expect(answer).rejects.toThrow(ForbiddenError)
  })

  test('an empty list is nobody', async () => {
    const id = await proposed(listed())
    await expect(approve(id, by('root', { role: 'admin' }))).rejects.toThrow(/nobody: its list is empty/)
  })
})

describe('where duties are separate', () => {
  const apart = { separateDuties: true }

  test('who loaded the configuration does not approve by it, also after it was loaded again by a signal', async () => {
    const id = await proposed(ONE, apart)
    await asked(running.operator.reload({ by: 'ann', who: identity('ann') }))
    await asked(running.operator.reload())
    await expect(approve(id, by('ann'))).rejects.toThrow(/duties are separate: 'ann' .* they loaded the configuration/)
    await restart()
    await expect(approve(id, by('ann'))).rejects.toThrow(/loaded the configuration/)
    expect(await approve(id, by('bob'))).toHaveProperty('run')
  })

  test('who loaded an earlier configuration may', async () => {
    const id = await proposed(ONE, apart)
    await asked(running.operator.reload({ by: 'ann', who: identity('ann') }))
    settings = { ...settings, digest: 'other' }
    await asked(running.operator.reload({ by: 'cem', who: identity('cem') }))
    await expect(approve(id, by('cem'))).rejects.toThrow(/loaded the configuration/)
    expect(await approve(id, by('ann'))).toHaveProperty('run')
  })

  test('who held or released something there within a day does not', async () => {
    const id = await proposed(ONE, apart)
    await asked(running.operator.hold({ ...by('ann'), target: WEB, forMs: MINUTE }))
    await asked(running.operator.release({ ...by('bob'), subject: WEB }))
    await expect(approve(id, by('ann'))).rejects.toThrow(/within a day they held/)
    await expect(approve(id, by('bob'))).rejects.toThrow(/within a day they released/)
    await expect(approve(id, by('Bob (oidc)', { person: 'oidc:3' }))).rejects.toThrow(/released/)
    expect(await approve(id, by('cem'))).toHaveProperty('run')
  })

  test('who announced work there does not, be it a deployment or a maintenance, and it stands on the record as theirs', async () => {
    const id = await proposed(ONE, apart)
    const work = { target: WEB, forMs: MINUTE, share: 0.1 }
    await asked(running.operator.announce({ ...by('ann'), ...work, actor: 'maintenance' }))
    const ended = await asked(running.operator.announce({ ...by('bob'), ...work, actor: 'deployment' }))
    await asked(running.operator.endAnnouncement({ ...by('bob'), id: ended.id }))
    await expect(approve(id, by('ann'))).rejects.toThrow(/within a day they announced work on/)
    await expect(approve(id, by('bob'))).rejects.toThrow(/within a day they announced work on/)
    const said = (await bodies()).filter(({ kind }) => kind.startsWith('announce'))
    expect(said).toMatchObject([{ person: 'ann' }, { person: 'bob' }, { person: 'bob' }])
  })

  test('and where they are not, everybody may', async () => {
    const id = await proposed(ONE)
    await asked(running.operator.reload({ by: 'ann', who: identity('ann') }))
    expect(await approve(id, by('ann'))).toHaveProperty('run')
  })
})

test('what somebody asked and may not is written down, once an hour for each', async () => {
  await proposed(ONE)
  const refused = (name: string, what: string): void =>
    running.operator.refused({ ...by(name), what, reason: 'this needs the role admin' })
  for (let n = 0; n < 5; n++) refused('ann', 'POST /api/v1/reload')
  refused('ann', 'POST /api/v1/pause')
  refused('bob', 'POST /api/v1/reload')
  await world.clock.advance(1000)
  expect(await kinds('access-refused')).toHaveLength(3)
  world.clock.suspend(61 * MINUTE)
  refused('ann', 'POST /api/v1/reload')
  await world.clock.advance(1000)
  const told = (await bodies()).filter(({ kind }) => kind === 'access-refused')
  expect(told).toHaveLength(4)
  expect(told.at(-1)).toMatchObject({
    kind: 'access-refused',
    by: 'ann',
    person: 'ann',
    what: 'POST /api/v1/reload',
  })
})
