import { setTimeout } from 'node:timers/promises'
import { linkKey, linksOf, type Links } from '../api/links.ts'
import type { RecordSignals, Started, Where } from '../cli/deps.ts'
import type { Config } from '../config/config.ts'
import { secretsOfAll } from '../config/secrets.ts'
import { aimOf, type Aim } from '../correlate/aim.ts'
import { messageOf } from '../domain/errors.ts'
import { HANDS_OFF } from '../domain/hand.ts'
import type { Operator, Status } from '../domain/operator.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { Observation } from '../domain/signal.ts'
import type { Topology } from '../domain/topology.ts'
import { openAlerts, type AlertBook, type AlertBookPorts } from '../engine/alerts/book.ts'
import { concealing, concealingLog } from '../engine/concealed.ts'
import { feedOf } from '../engine/feed.ts'
import type { Engine } from '../engine/engine.ts'
import { readKillSwitch } from '../engine/kill-switch-file.ts'
import { makeMetrics } from '../engine/metrics.ts'
import type { EnginePorts } from '../engine/ports.ts'
import { startEngine, type Running } from '../engine/start.ts'
import type { Hands } from '../engine/tasks/hands.ts'
import { publishHeads } from '../engine/tasks/heads.ts'
import { notifyFrom } from '../engine/tasks/notify.ts'
import { reportWhenDue } from '../engine/tasks/report.ts'
import { withCalls } from '../engine/tasks/calls.ts'
import { repeat, watchTargets, type Targets } from '../engine/tasks/targets.ts'
import { systemClock, type Clock } from '../lib/clock.ts'
import { closers, type Closers } from '../lib/closers.ts'
import { idMaker } from '../lib/ids.ts'
import { stderrLog, type Log } from '../lib/log.ts'
import { redactorOf, type Redactor } from '../lib/redact.ts'
import { startSpawner } from '../lib/spawner/index.ts'
import { createCallGraph, type CallGraph } from '../signals/call-graph.ts'
import { openRecord, type OwnedRecord } from '../store/record.ts'
import { serveApi } from './api.ts'
import { channelOf } from './channels.ts'
import { lookForHands, type SeenHands } from './hands.ts'
import { readConfig, reloadedConfig, settingsOf } from './config.ts'
import { headSinks } from './heads.ts'
import { keysFor } from './keys.ts'
import { recorderOf } from './recorder.ts'
import { ROOMS } from './rooms.ts'
import { startSeeing, type Seeing } from './seeing.ts'
import { careFor, type SelfCare } from './self.ts'
import { connectorOf, graceFor, toolsOf, type Looking } from './sources.ts'
import { VERSION } from './version.ts'
import { startWatching } from './watching.ts'
import { witnessHead, type HeadWitness } from './witness.ts'

/** How often a run looks at a condition again, and the loop turns when nothing wakes it, in milliseconds. */
const POLL_MS = 250
const FIRST_SIGHT_MS = 3000
const LOOK_EVERY_MS = 1000
const HANDS_EVERY_MS = 2000
const RETAIN_EVERY_MS = 60_000
const REPORT_EVERY_MS = 60_000

/** Runs Kintsugi on a data folder, in the demo beside the lab whose control server is named, until SIGTERM or SIGINT; resolves when it has drained. */
export async function serve(
  where: Where,
  started: Started,
  {
    log = stderrLog('info'),
    ...more
  }: { readonly log?: Log; readonly lab?: string; readonly recordSignals?: RecordSignals } = {},
): Promise<void> {
  const open = closers()
  try {
    const { operator, ended } = await assemble({ ...where, ...more }, log, open)
    const told = untilTold(() =>
      operator.reload().catch((thrown: unknown) => log.error({ problem: messageOf(thrown) }, 'not reloaded')),
    )
    started(await firstSight(operator))
    log.info({ signal: await Promise.race([told, ended]) }, 'draining')
  } finally {
    await open.close()
  }
}

/** The status once every source has been seen, or after a moment without: what is blind then is said. */
async function firstSight(operator: Operator): Promise<Status> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const status = await operator.status()
    if (waitedMs >= FIRST_SIGHT_MS || status.sources.every(({ fresh }) => fresh)) return status
    await setTimeout(POLL_MS)
  }
}

/** What everything else stands on; the configuration is what was read last. */
type Ground = {
  readonly live: { config: Config }
  readonly redact: Redactor
  readonly log: Log
  readonly folder: string
  readonly clock: Clock
  readonly spawner: Looking['spawner']
  readonly owned: OwnedRecord
  readonly witness: HeadWitness
}

async function groundFor(where: Where, given: Log, open: Closers): Promise<Ground> {
  const live = { config: readConfig(where.configPath) }
  const redact = redactorOf(secretsOfAll(() => live.config))
  const log = concealingLog(given, redact)
  const folder = where.dataDir ?? live.config.dataDir
  const clock = systemClock()
  // First, while this process is small: what it spawns is spawned by this helper.
  const spawner = closedWith(open, await startSpawner())
  const keys = keysFor(live.config, log)
  const owned = closedWith(open, await openRecord({ folder, moment: () => clock.moment(), ...keys }))
  const witness = closedWith(open, await witnessHead({ config: live.config, folder, owned, clock, log }))
  return { live, redact, log, folder, clock, spawner, owned, witness }
}

/** Opens, wires and starts everything, in the order in which one thing needs the other. */
async function assemble(
  where: Where & { readonly lab?: string; readonly recordSignals?: RecordSignals },
  given: Log,
  open: Closers,
): Promise<Running> {
  const ground = await groundFor(where, given, open)
  const { live, redact, log, folder, clock, owned, witness } = ground
  const { config } = live
  const metrics = makeMetrics(VERSION)
  const feed = feedOf()
  const links = linksOf(linkKey(folder), () => live.config.publicUrl)

  const connectors = config.connectors.map((one) => closedWith(open, connectorOf(one)))
  const ending = new AbortController()
  const { signal: abort } = ending
  const targets = watchTargets(connectors, clock, log)
  await targets.look(abort)

  const learned = learnedCalls(targets, () => live.config.services, clock)
  const recorder = closedWith(open, recorderOf(where.recordSignals, { clock, log, topology: learned.topology }))
  recorder.lookedAt(learned.topology())
  const record = concealing(recorder.recording(feed.recording(metrics.counting(owned))), redact)
  let wake = (): void => {}
  const aim: Aim = (alert, before) => aimOf(live.config.alertTargets, targets.topology())(alert, before)
  const alerts = recorder.receiving(await reopenAlerts({ record, clock, aim, wake: () => wake() }))
  const afterHumanChangeMs = (): number => (live.config.limits.handsOff ?? HANDS_OFF).afterHumanChangeMs
  const seeing = { connectors, record, clock, log, aim, alerts, topology: targets.topology, abort }
  const hands = await lookForHands(config, { ...seeing, afterHumanChangeMs })
  const looking = { ...seeing, live, targets, spawner: ground.spawner, hands, calls: learned.calls }
  const watching = config.detection && startWatching(config.detection, seeing)
  const onObservation = (observation: Observation): void => {
    recorder.observed(observation)
    watching?.observed(observation)
    wake()
  }
  const seen = closedWith(open, await startSeeing({ ...looking, onObservation }))
  const care = await careFor({ config, folder, owned, record, targets, alerts, clock, log })

  const running = await startEngine({
    ...portsOf({ ground, seen, targets, connectors, hands, care }),
    ...(watching && { unusual: watching.unusual }),
    record,
    alerts,
    topology: learned.topology,
    reload: async () => {
      live.config = reloadedConfig(live.config)
      alerts.aimAnew('all')
      seen.receiving.aimAnew()
      return settingsOf(live.config)
    },
  })
  open.add(() => running.stop())
  wake = () => running.operator.wake()
  readLastDayBack(running.operator, log)

  const looked = (hasNew: boolean): void => {
    recorder.lookedAt(learned.topology())
    if (!hasNew) return
    // An alert, or a series, may come before its target is found.
    alerts.aimAnew('unmapped')
    seen.receiving.aimAnew()
  }
  const beside = { owned, record, targets, looked, hands, live, links, clock, log, care, witness, abort }
  const tasks = startTasks({ ...beside, engine: running.engine })
  open.add(async () => {
    ending.abort()
    await Promise.all([tasks, seen.ended])
  })
  const intakes = { alerts: care.intake, signals: seen.receiving.signals }
  const served = { running, record, feed, folder, intakes, links, redact, lab: where.lab, log }
  const api = await serveApi({ ...served, config: () => live.config, metrics: () => metrics.text(running.engine) })
  open.add(() => api.close())
  return running
}

/** What the engine touches, but for the record and what is known to exist. */
function portsOf(x: {
  readonly ground: Ground
  readonly seen: Seeing
  readonly targets: Targets
  readonly connectors: Looking['connectors']
  readonly hands: SeenHands
  readonly care: SelfCare
}): Omit<EnginePorts, 'record' | 'alerts' | 'topology' | 'reload'> {
  const { ground, seen, targets, connectors, hands, care } = x
  const { live, redact, log, clock, owned, witness } = ground
  const { config } = live
  return {
    version: VERSION,
    shortage: () => owned.shortage(),
    clock,
    newId: idMaker(() => clock.now()),
    log,
    windows: seen.windows,
    logs: seen.errorsOf,
    knownSince: () => targets.knownSince(),
    graceMs: graceFor(config),
    tools: (target) => toolsOf(connectors, target),
    ...care.ports,
    ...(witness.doubt !== undefined && { doubt: witness.doubt }),
    hands: (near) => hands.near(near),
    killSwitch: () => readKillSwitch(config.killSwitchFile),
    sources: seen.status,
    intake: () => seen.receiving.status(),
    loud: () => seen.receiving.loud(),
    settings: settingsOf(config),
    ...ROOMS,
    conceal: redact.text,
    pollMs: POLL_MS,
  }
}

/** Before anybody asks what the last day was like. */
function readLastDayBack({ views }: Operator, log: Log): void {
  views.overview().catch((thrown: unknown) => log.warn({ problem: messageOf(thrown) }, 'last day not read back'))
}

/** The alerts that were received; the record has them as the configuration of then aimed them. */
async function reopenAlerts(ports: AlertBookPorts): Promise<AlertBook> {
  const alerts = await openAlerts(ports)
  alerts.aimAnew('all')
  return alerts
}

/** What is opened is closed in the end. */
function closedWith<T extends { close(): void | Promise<void> }>(open: Closers, opened: T): T {
  open.add(() => opened.close())
  return opened
}

/** Who was seen to call whom, and what is known to exist with it. */
function learnedCalls(
  targets: Targets,
  services: () => Config['services'],
  clock: Clock,
): { readonly calls: CallGraph; readonly topology: () => Topology } {
  const calls = createCallGraph()
  return { calls, topology: withCalls(targets.topology, () => calls.calls(clock.now()), services) }
}

/** What goes on beside the loop until aborted: looking for targets and at itself, telling people, keeping the record within its retention. */
async function startTasks(x: {
  readonly owned: OwnedRecord
  readonly record: RecordPort
  readonly targets: Targets
  readonly hands: Hands
  /** Told after each look for targets, and whether some are new. */
  readonly looked: (hasNew: boolean) => void
  readonly live: { readonly config: Pick<Config, 'retention' | 'notify' | 'reportAt' | 'heads'> }
  readonly links: Links
  readonly care: SelfCare
  readonly witness: HeadWitness
  readonly engine: Engine
  readonly clock: Clock
  readonly log: Log
  readonly abort: AbortSignal
}): Promise<void> {
  const { owned, targets, live, clock, log, abort } = x
  const { heads, notify } = live.config
  const channels = notify.map((each) => channelOf(each, log))
  const look = async (signal: AbortSignal): Promise<void> => {
    const known = targets.topology()
    await targets.look(signal)
    x.looked([...targets.topology().keys()].some((ref) => !known.has(ref)))
  }
  const lookAtHands = async (signal: AbortSignal): Promise<void> => {
    await x.hands.look(signal)
    await x.hands.note()
  }
  const retain = async (): Promise<void> => {
    while ((await owned.retain(live.config.retention)).more && !abort.aborted) await clock.sleep(0)
  }
  await Promise.all([
    repeat('targets', look, { ...x, everyMs: LOOK_EVERY_MS }),
    repeat('hands', lookAtHands, { ...x, everyMs: HANDS_EVERY_MS }),
    repeat('retention', retain, { ...x, everyMs: RETAIN_EVERY_MS }),
    x.care.run(x.engine, abort),
    x.witness.run(abort),
    repeat('report', () => reportWhenDue(x, live.config.reportAt), { ...x, everyMs: REPORT_EVERY_MS }),
    notifyFrom({ ...x, channels, linkTo: x.links.linkTo }),
    ...(heads ? [publishHeads({ ...x, sinks: headSinks(heads), everyMs: heads.everyMs })] : []),
  ])
}

/** Resolves with the name of the signal that ends the process; SIGHUP reloads. */
function untilTold(reload: () => Promise<void>): Promise<string> {
  process.on('SIGHUP', () => void reload())
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
}
