import { UsageError } from '../domain/errors.ts'
import { openWindows, type OpenWindow } from '../domain/freeze-window.ts'
import type { Pause, Write } from '../domain/ledger.ts'
import type { Operator, Order, Status } from '../domain/operator.ts'
import { personOf } from '../domain/person.ts'
import type { Policy } from '../domain/policy.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { isRef } from '../domain/resource.ts'
import { ancestors } from '../domain/topology.ts'
import { activeHands } from '../gate/gates/hands-off.ts'
import { killSwitchWords } from '../gate/gates/kill-switch.ts'
import { alertViews, preview } from './alerts/preview.ts'
import { acknowledge, approve, markWrong, reject, takeOver } from './answers.ts'
import { note, recordOf, recordProblem, type Engine } from './engine.ts'
import { announce, endAnnouncement } from './charges.ts'
import { releaseStorm, STORM } from './storm.ts'
import { blastOf } from './views/blast.ts'
import { handsNear } from './hands.ts'
import { viewsOf } from './views/views.ts'
import { refusalNotes } from './refusals.ts'
import { pauseWith, resumeWith } from './watch.ts'

/** What people may ask of the running engine. */
export function operatorOf(engine: Engine): Operator {
  const woken = async (done: Promise<void>): Promise<void> => {
    await done
    engine.wake()
  }
  return {
    views: viewsOf(engine),
    status: () => statusOf(engine),
    alerts: () => alertViews(engine),
    preview: (alerts) => preview(engine, alerts),
    wake: () => engine.wake(),
    pause: ({ by, who, reason, freeze }) => woken(pauseWith(engine, { by, reason, freeze }, who)),
    resume: ({ by, who, reason }) => woken(resumeWith(engine, { by, ...personOf(who), reason })),
    hold: ({ by, who, reason, target, forMs }) => {
      const body = { target, forMs, reason, by }
      return woken(note(engine, [{ kind: 'held', ...body, ...personOf(who) }], { writes: [{ do: 'hold', ...body }] }))
    },
    announce: (order) => announce(engine, order).finally(engine.wake),
    endAnnouncement: (order) => woken(endAnnouncement(engine, order)),
    release: (order) => woken(release(engine, order)),
    approve: (order) => approve(engine, order).finally(engine.wake),
    reject: (order) => woken(reject(engine, order)),
    takeOver: (order) => woken(takeOver(engine, order)),
    acknowledge: (order) => woken(acknowledge(engine, order)),
    markWrong: (order) => woken(markWrong(engine, order)),
    reload: (by) => woken(reload(engine, by)),
    refused: refusalNotes(engine),
  }
}

/** Takes over a configuration that was read anew; throws UsageError, and changes nothing, when it is bad. */
async function reload(engine: Engine, order?: Pick<Order, 'by' | 'who'>): Promise<void> {
  const settings = await engine.ports.reload()
  await note(engine, [{ ...configEntry(settings), ...(order && { by: order.by, ...personOf(order.who) }) }])
  engine.settings = settings
}

export function configEntry({ digest, mode, policies }: Engine['settings']): {
  readonly kind: 'config-loaded'
  readonly digest: string
  readonly mode: Engine['settings']['mode']
  readonly policies: readonly string[]
} {
  return { kind: 'config-loaded', digest, mode, policies: policies.map(({ name }) => name) }
}

async function release(engine: Engine, order: Order & { readonly subject: string }): Promise<void> {
  const { by, who, reason, subject } = order
  if (subject === STORM) return releaseStorm(engine, order)
  if (isRef(subject)) return releaseTarget(engine, subject, order)
  const body = { kind: 'released' as const, subject, by, reason, ...personOf(who) }
  const { takenOver, acknowledged } = engine.incidents.get(subject) ?? {}
  if (takenOver || acknowledged) {
    return note(engine, [body], { incident: subject, closing: true })
  }
  const held = await heldRun(engine, subject)
  await note(engine, [body], {
    run: subject,
    incident: held.incident,
    writes: [{ do: 'unlock', run: subject }],
    closing: true,
  })
}

/** A run that has ended and still holds its locks: parked or stuck. */
async function heldRun(engine: Engine, run: string): Promise<{ readonly incident: string }> {
  const [first] = await recordOf(engine).entries({ run, limit: 1 })
  if (first?.incident === undefined)
    throw new UsageError(
      `cannot release '${run}': neither a run, nor a target (connector:namespace/kind/name), nor an incident that was taken over or acknowledged`,
    )
  const ended = await recordOf(engine).entries({ run, kinds: ['run-ended'], limit: 1 })
  const outcome = ended[0]?.body?.kind === 'run-ended' ? ended[0].body.outcome : undefined
  if (outcome !== 'parked' && outcome !== 'stuck') {
    throw new UsageError(
      `cannot release ${run}: it is ${outcome ?? 'under way'}, only a parked or stuck run holds anything`,
    )
  }
  return { incident: first.incident }
}

/** Ends holds and latches on the target, frees what ended runs hold on it, and stops counting its attempts. */
async function releaseTarget(engine: Engine, target: ResourceRef, { by, who, reason }: Order): Promise<void> {
  const ledger = await recordOf(engine).ledger(target)
  const held = ledger.locks
    .filter(({ resource, run }) => resource === target && !engine.runs.has(run))
    .map(({ run }) => run)
  const named = [...ledger.holds.map((hold) => hold.target), ...ledger.latches.map(({ owner }) => owner)].includes(
    target,
  )
  if (!named && held.length === 0 && ledger.attempts.length === 0) {
    throw new UsageError(
      `nothing to release on ${target}: it is not held, latched or locked, and has no attempts that count`,
    )
  }
  const writes: Write[] = [{ do: 'release', target }, ...held.map((run): Write => ({ do: 'unlock', run }))]
  const line = [target, ...ancestors(engine.ports.topology(), target)]
  const incident = engine.incidents.open().find(({ owner }) => line.includes(owner))?.id
  const about = incident === undefined ? {} : { incident }
  const body = { kind: 'released' as const, subject: target, by, reason, ...personOf(who) }
  await note(engine, [body], { ...about, writes, closing: true })
}

async function statusOf(engine: Engine): Promise<Status> {
  const { ports, settings } = engine
  const record = recordOf(engine)
  const ledger = await record.ledger('kintsugi:none/none/none')
  const [newest] = await record.entries({ newestFirst: true, limit: 1 })
  const problem = await recordProblem(engine)
  const pause = engine.pause ?? pauseByFile(engine)
  const open = openWindows(settings.freezeWindows, ports.clock.now())
  // Of what is on no target in particular, every one may be meant.
  const nowhere = handsNear(engine, new Set())
  const isHeld = activeHands(nowhere, { disturbances: [] }, settings.limits.handsOff, ports.clock.moment()).length > 0
  const ailments = ports.ailments?.() ?? []
  const hasStopped = settings.mode === 'shadow' || pause !== undefined || problem !== undefined
  const stopped = hasStopped || isHeld || ailments.length > 0
  return {
    mode: settings.mode,
    version: ports.version,
    startedAt: engine.startedAt,
    canWrite: stopped ? [] : writable(settings.policies, open, ports.clock.now()),
    sources: ports.sources(),
    record: { ok: problem === undefined, seq: newest?.seq ?? 0, ...(problem !== undefined && { problem }) },
    self: {
      ailments,
      footing: ports.footing?.() ?? [],
      ...(ports.heartbeat && { heartbeat: ports.heartbeat() }),
    },
    ...(ports.intake && { intake: ports.intake() }),
    ...(pause && { pause }),
    ...(open.length > 0 && { openWindows: open }),
    blast: blastOf(ledger.disturbances, { ...settings, topology: ports.topology() }, ports.clock.moment()),
    ...(engine.storm.isOn && { storm: engine.storm.causes.map(({ root }) => root) }),
    holds: ledger.holds,
    latches: ledger.latches,
    locks: ledger.locks,
    incidents: engine.incidents.open(),
    openRuns: [...engine.runs.keys()],
    loop: engine.loop,
  }
}

/** What some policy may act on by itself; a freeze window on some targets only does not make it less. */
function writable(policies: readonly Policy[], open: readonly OpenWindow[], now: number): string[] {
  const everywhere = open.filter(({ targets }) => !targets)
  const acting = policies.filter(
    ({ name, autonomy, windows }) =>
      autonomy === 'auto' &&
      (!windows || openWindows(windows, now).length > 0) &&
      everywhere.every(({ allow }) => allow.includes(name)),
  )
  return [...new Set(acting.map(({ target }) => target))]
}

/** The kill-switch file, as the pause that it is; it has no moment of its own. */
function pauseByFile({ ports }: Engine): Pause | undefined {
  const state = ports.killSwitch()
  if (state === 'absent') return undefined
  const reason = killSwitchWords(state)
  return { freeze: state === 'freeze', since: ports.clock.moment(), reason, by: 'file' }
}
