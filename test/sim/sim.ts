import { mkdtempSync, rmSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyRecord } from '../../src/store/verify.ts'
import { fakeClock } from '../fakes/fake-clock.ts'
import { newCounters, type Counters } from './antecedents.ts'
import { crashIn, makeCrashes, placeOfRun, type Crashes } from './crashes.ts'
import { openHistory } from './history.ts'
import { LAWS } from './laws/registry.ts'
import { beginLife } from './life.ts'
import type { Mutation } from './mutations.ts'
import { HONEST } from './network.ts'
import { makePeople, type People } from './people.ts'
import { randomOf, type Random } from './random.ts'
import { footingOf, PLAIN, settingsMaker } from './settings.ts'
import { makeSight } from './sight.ts'
import type { Life, Sim } from './state.ts'
import { calm, makeTrouble } from './trouble.ts'
import { makeWorld } from './world.ts'

export type Broken = { readonly law: string; readonly problem: string; readonly atMs: number }

export type Result = {
  readonly seed: number
  readonly broken?: Broken
  readonly counts: Counters['counts']
  readonly simulatedMs: number
  /** What happened last, oldest first. */
  readonly log: readonly string[]
}

const TROUBLE_MS = 300_000
const CALM_MS = 400_000
const QUIET_MS = 12_000
const STEP_MS = 1000

/** One whole run: trouble, then calm, then the question whether everything has ended rightly. */
export async function simulate(options: { readonly seed: number; readonly mutation?: Mutation }): Promise<Result> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'kintsugi-sim-'))
  const stage = setUp(options, folder)
  try {
    await play(stage)
  } finally {
    stage.sim.history.close()
    rmSync(folder, { recursive: true, force: true })
    letGo(stage.lives)
  }
  const { sim, verdict } = stage
  const { counters, clock, log } = sim
  return {
    seed: options.seed,
    ...(verdict.broken && { broken: verdict.broken }),
    counts: counters.counts,
    simulatedMs: clock.trueMs(),
    log: [...log],
  }
}

/** What a dead life still waits for, it and all it knows would wait for until the process ends: signals are kept as long. */
function letGo(lives: readonly Life[]): void {
  for (const { running } of lives) {
    running?.engine.halt.abort()
    running?.engine.freeze.abort()
  }
}

type Stage = {
  readonly sim: Sim
  readonly folder: string
  readonly random: Random
  readonly people: People
  readonly crashes: Crashes
  readonly verdict: { broken?: Broken }
  /** All there were. */
  readonly lives: Life[]
  readonly ticks: (() => void)[]
  readonly ends: (() => void)[]
  readonly mutation?: Mutation
  fail(law: string, problem: string): void
}

function setUp({ seed, mutation }: { readonly seed: number; readonly mutation?: Mutation }, folder: string): Stage {
  const random = randomOf(seed)
  const clock = fakeClock()
  const verdict: { broken?: Broken } = {}
  const log: string[] = []
  const fail = (law: string, problem: string): void => {
    verdict.broken ??= { law, problem, atMs: clock.trueMs() }
    say(`BROKEN ${law}: ${problem}`)
  }
  // Where the record lies is another place each time.
  const say = (text: string): void =>
    void log.push(`${(clock.trueMs() / 1000).toFixed(3)}  ${text.replaceAll(folder, '.')}`)
  const world = makeWorld(clock)
  const isLeftAlone = random.fork('shop').chance(0.65)
  const settingsOf = settingsMaker(random.fork('settings'), isLeftAlone)
  const history = openHistory(
    folder,
    clock,
    () => sim.life?.n ?? 0,
    (problem) => fail('9 the log is legal', problem),
  )
  const sim: Sim = {
    seed,
    isLeftAlone,
    clock,
    world,
    sight: makeSight(clock, world),
    history,
    counters: newCounters(),
    settingsOf,
    life: undefined,
    fates: HONEST,
    config: PLAIN,
    adopted: { settings: settingsOf(PLAIN), since: 0 },
    killFile: 'absent',
    store: { state: 'ok', since: 0 },
    footing: footingOf(random.fork('footing')),
    ailing: { ailments: [], since: 0, sinceAwakeMs: 0 },
    stops: [],
    unusual: [],
    hands: [],
    recoveredAlone: new Set(),
    asked: [],
    sleptMs: 0,
    isCalm: false,
    log,
    say,
  }
  const [ticks, ends]: [(() => void)[], (() => void)[]] = [[], []]
  history.onEntry((entry) => {
    if (entry.body.kind === 'config-loaded') sim.adopted = { settings: settingsOf(sim.config), since: clock.trueMs() }
    say(`  ${entry.kind} ${entry.run ?? entry.incident ?? ''} ${brief(entry.body)}`)
  })
  history.onCall(({ key, what, target }) => say(`  > ${what} ${target} ${key}`))
  world.onLanding(({ what, target, key }) => say(`  < ${what} ${target} has landed: ${key ?? 'somebody else'}`))
  for (const { name, watch } of LAWS) {
    watch({
      sim,
      fail: (problem) => fail(name, problem),
      onEntry: history.onEntry,
      onCall: history.onCall,
      onLateCall: history.onLateCall,
      onCommit: history.onCommit,
      onTick: (listen) => void ticks.push(listen),
      onEnd: (listen) => void ends.push(listen),
    })
  }
  countEvents(sim)
  const bug = (problem: string): void => fail('+ no bug', problem)
  const people = makePeople(sim, random.fork('people'), bug)
  const crashes = makeCrashes(sim, random.fork('crashes'))
  makeTrouble(sim, random.fork('trouble'))
  return { sim, folder, random, people, crashes, verdict, lives: [], ticks, ends, fail, ...(mutation && { mutation }) }
}

function brief(body: object): string {
  const { step, outcome, reason, effect, choice, answer } = body as Record<string, unknown>
  return JSON.stringify({ step, outcome, reason, effect, choice, answer })
}

function countEvents({ history, counters }: Sim): void {
  history.onEntry(({ body }) => {
    if (body.kind === 'undo-started') counters.count('undo')
  })
  history.onCall(() => counters.count('effect'))
}

async function play(stage: Stage): Promise<void> {
  const { sim, people, random, verdict } = stage
  const lives = livesOf(stage, random.fork('lives'))
  await lives.until(TROUBLE_MS, () => false)
  if (verdict.broken) return lives.end()
  calm(sim)
  people.settleDown()
  await lives.until(CALM_MS, quietFor(sim, QUIET_MS))
  await lives.end()
  if (verdict.broken) return
  for (const end of stage.ends) end()
  const { ok, problems } = verifyRecord(stage.folder)
  if (!ok) stage.fail('9 the chain verifies', problems.join('; '))
}

/** Whether nothing is open, and has not been for a while. */
function quietFor({ clock, stops, history }: Sim, ms: number): () => boolean {
  let since = clock.trueMs()
  return () => {
    const isOpen = [...history.runs.values()].some(({ ended }) => !ended)
    if (isOpen || stops.some(({ until }) => until === undefined)) since = clock.trueMs()
    return clock.trueMs() - since > ms
  }
}

/** One life after the other, on the same record. */
function livesOf(stage: Stage, random: Random) {
  const { sim, folder, crashes, mutation, fail, verdict, ticks } = stage
  const { clock } = sim
  const shared = { sim, folder, crashes, onProblem: (problem: string) => fail('+ no bug', problem) }
  let lives = 0
  let current: Awaited<ReturnType<typeof beginLife>> | undefined
  /** Those that stood still and have been given up; each may go on. */
  let givenUp: NonNullable<typeof current>[] = []

  const buryGivenUp = async (): Promise<void> => {
    for (const { life, bury } of givenUp) if (life.isDead) await bury()
    givenUp = givenUp.filter(({ life }) => !life.isDead)
  }
  const begin = async (): Promise<void> => {
    await buryGivenUp()
    // The lock is lost, as on storage that two machines reach: the record itself has to keep the old one out.
    if (givenUp.length > 0) rmSync(join(folder, 'owner.db'))
    const more = { random: random.fork(`life ${lives}`), ...(mutation && { mutation }) }
    current = await beginLife(++lives, { ...shared, ...more })
    stage.lives.push(current.life)
    sim.say(`life ${lives} begins`)
  }
  const bury = async (): Promise<void> => {
    const dead = current
    current = undefined
    countCrash(sim)
    await dead?.bury()
    forgetStops()
  }
  const forgetStops = (): void => {
    for (const stop of sim.stops) if (!stop.isDurable && stop.by === 'person') stop.until ??= clock.trueMs()
  }
  const giveUp = async (): Promise<void> => {
    if (current) givenUp.push(current)
    current = undefined
    forgetStops()
    await clock.advance(random.int(20, 5000))
  }
  const rest = async (): Promise<void> => {
    const downMs = random.pick([20, 300, 1000, 3000, 10_000, random.chance(0.2) ? 600_000 : 30_000])
    await clock.advance(sim.isCalm ? 100 : downMs)
    if (downMs < 3000 || sim.isCalm || random.chance(0.7)) return
    clock.reboot()
    for (const { life } of givenUp) life.die('the machine has rebooted')
    sim.counters.count('reboot')
    sim.say('the machine has rebooted')
    for (const stop of sim.stops) if (stop.by === 'clock' && !stop.isDurable) stop.until ??= clock.trueMs()
  }
  return {
    until: async (ms: number, isOver: () => boolean): Promise<void> => {
      const end = clock.trueMs() + ms
      while (clock.trueMs() < end && !verdict.broken && !isOver()) {
        if (!current) await begin()
        const { life } = current as NonNullable<typeof current>
        await clock.advance(STEP_MS, () => life.isDead || life.stillness.isStill() || verdict.broken !== undefined)
        // What was durable and never acknowledged.
        if (life.isDead) sim.history.pull()
        for (const tick of ticks) tick()
        if (life.stillness.isStill() && !life.isDead) await giveUp()
        if (!life.isDead) continue
        await bury()
        if (!verdict.broken) await rest()
      }
    },
    /** The last life stops as an orderly process does. */
    end: async (): Promise<void> => {
      const { running, isDead } = current?.life ?? {}
      let isStopped = running === undefined || isDead === true
      if (running && !isDead) void running.stop().then(() => (isStopped = true))
      await clock.advance(5000, () => isStopped)
      if (!isStopped && !verdict.broken) fail('+ no bug', 'the engine does not stop')
      current?.life.die('the end')
      await current?.bury()
      for (const { life } of givenUp) life.die('the end')
      await buryGivenUp()
    },
  }
}

function countCrash({ history, counters }: Sim): void {
  for (const { ended, state } of history.runs.values()) {
    const place = ended ? undefined : placeOfRun(state.steps, state.undos)
    if (place) counters.count(crashIn(place))
  }
}
