import type { Unusual } from '../../src/domain/series.ts'
import type { Plan } from '../../src/domain/plan.ts'
import { layHand } from './hands.ts'
import type { Fates } from './network.ts'
import { HONEST } from './network.ts'
import type { Random } from './random.ts'
import { FEW, MANY, NORMAL_WEIGHT } from './shop.ts'
import { activeStops, awakeMs, stopNow, type Sim } from './state.ts'
import type { Ill, Landing } from './world.ts'

/** What goes wrong in the world, when, by the seed; ends when the world is made calm. */
export function makeTrouble(sim: Sim, random: Random): void {
  const { clock, world, sight } = sim
  sim.fates = fatesOf(random)
  const outbreaks = random.fork('outbreaks')
  const strange = random.fork('unusual')
  const meanMs = random.pick([2000, 4500, 7500]) * (sim.isLeftAlone ? 3 : 1)
  const kinds = kindsOf(sim, random)

  const act = (): void => {
    switch (random.weighted(kinds)) {
      case 'ill':
        return fallIll()
      case 'silence':
        return silence(random.int(1000, 40_000))
      case 'store':
        return storeTrouble()
      case 'jump':
        jumpClock(sim, random)
        // Where a jump hurts: nobody has had a turn to notice it, or the old samples are all there is.
        if (random.chance(0.3)) clock.after(random.int(0, 900), () => sim.life?.die('killed after a jump'))
        if (random.chance(0.3)) silence(random.int(10_000, 60_000))
        return
      case 'suspend':
        return suspend()
      case 'foreign':
        return meddle(random.pick(FEW))
      case 'ailment':
        return ail()
      case 'budget':
        world.budgetSpent = random.pick([0, 0.6, 0.9, 1.5])
        return sim.say(`${world.budgetSpent} of the error budget is spent`)
      case 'hand':
        return layHand(sim, random)
      case 'kill':
        return sim.life?.die('killed out of the blue')
    }
  }
  const fallIll = (): void => {
    const target = random.pick(FEW)
    const ill = illness(clock.trueMs(), random)
    sim.say(`${target} falls ill: ${ill.name}`)
    world.fallIll(target, ill)
  }
  /** Many fall ill of the same at once; what passes by itself passes for all. */
  const breakOut = (): void => {
    const now = clock.trueMs()
    const ill = outbreaks.chance(0.45) ? passing(now, outbreaks) : illness(now, outbreaks)
    const targets = MANY.slice(outbreaks.pick([0, 0, 1, 2]))
    sim.say(`${targets.length} fall ill at once: ${ill.name}`)
    for (const target of targets) world.fallIll(target, ill)
  }
  const nowAndThen = (): void => {
    if (sim.isCalm) return
    breakOut()
    clock.after(sim.isLeftAlone ? outbreaks.int(10_000, 20_000) : outbreaks.int(20_000, 80_000), nowAndThen)
  }
  const silence = (forMs: number): void => {
    const what = random.pick(['probe', 'process', 'users', `probe ${random.pick(FEW)}`])
    sim.say(`${what} goes silent for ${forMs} ms`)
    if (forMs > 4000) sim.counters.count('blindness')
    sight.silence(what, forMs)
  }
  const storeTrouble = (): void => {
    sim.counters.count('store trouble')
    sim.store = { state: random.pick(['full', 'broken'] as const), since: clock.trueMs() }
    sim.say(`the store is ${sim.store.state}`)
    clock.after(random.int(500, 12_000), () => {
      sim.store = { state: 'ok', since: clock.trueMs() }
    })
  }
  /** The machine sleeps, with everything on it; the targets do not. */
  const suspend = (): void => {
    const forMs = random.int(5000, 600_000)
    sim.say(`the machine sleeps for ${forMs} ms`)
    sim.sleptMs += forMs
    clock.suspend(forMs)
  }
  /** The process is not well: its watchdog is missing, its memory is full. */
  const ail = (): void => {
    const what = random.pick(['the watchdog is missing', 'memory is full'])
    const ailing = ailingNow(sim, [{ what, since: clock.now(), unlocks: 'when it is over' }])
    sim.counters.count('ailment')
    sim.say(`the process is not well: ${what}`)
    clock.after(random.int(2000, 25_000), () => {
      if (sim.ailing === ailing) ailingNow(sim, [])
    })
  }
  const meddle = (target: Landing['target']): void => {
    sim.counters.count('foreign change')
    sim.say(`somebody changes ${target}`)
    if (random.chance(0.3)) world.replaceByHand(target)
    else world.setWeightByHand(target, random.pick([NORMAL_WEIGHT, 5, 7]))
  }
  const afterEffect = ({ target, key }: Landing): void => {
    if (key === undefined || sim.isCalm) return
    if (random.chance(sim.isLeftAlone ? 0.05 : 0.15)) {
      const what = random.pick([`probe ${target}`, 'probe', 'users', `process ${target}`])
      sim.counters.count('blindness')
      sim.say(`after the effect, ${what} goes silent`)
      sight.silence(what, random.int(4000, 40_000))
    }
    if (random.chance(sim.isLeftAlone ? 0.4 : 0.3)) world.harm(key, 0.3, random.int(5000, 60_000))
    if (random.chance(sim.isLeftAlone ? 0.2 : 0.6)) clock.after(random.int(0, 8000), () => sim.isCalm || meddle(target))
  }
  /** A detector holds something to be unusual, for a while: rightly or not, it is never a reason for anything. */
  const seemUnusual = (): void => {
    if (sim.isCalm) return
    const target = strange.pick(FEW)
    sim.say(`something about ${target} seems unusual`)
    const since = clock.now()
    const series = [{ metric: 'latency_ms', labels: {} }]
    const word: Unusual = { target, series, detector: 'sim', since, at: since, score: 0.9, text: 'never so before' }
    sim.unusual = [...sim.unusual, word]
    clock.after(strange.int(2000, 60_000), () => {
      sim.unusual = sim.unusual.filter((one) => one !== word)
    })
    clock.after(strange.int(10_000, 60_000), seemUnusual)
  }
  const everySoOften = (): void => {
    if (sim.isCalm) return
    act()
    clock.after(Math.round(-Math.log(1 - random.next()) * meanMs), everySoOften)
  }
  /** While somebody is asked, somebody else may be at the target. */
  const whileAsked = (plan: Plan): void => {
    const { target } = random.pick(plan.steps)
    if (!sim.isCalm && random.chance(0.9)) clock.after(random.int(0, 4000), () => sim.isCalm || meddle(target))
  }
  world.onLanding(afterEffect)
  sim.history.onEntry(({ body }) => {
    if (body.kind === 'proposed') whileAsked(body.proposal.plan)
  })
  clock.after(random.int(0, 5000), everySoOften)
  clock.after(outbreaks.int(2000, 40_000), nowAndThen)
  clock.after(strange.int(2000, 60_000), seemUnusual)
}

/** How likely each is. What holds everything is in few seeds, and often there: it keeps other things from happening. */
function kindsOf({ isLeftAlone }: Sim, random: Random) {
  const inSome = (weight: number, share: number): number => (!isLeftAlone && random.chance(share) ? weight : 0)
  return {
    ill: 14,
    silence: isLeftAlone ? 0.7 : 2,
    store: 1,
    jump: inSome(2, 0.4),
    suspend: 0.4,
    foreign: 1,
    kill: 1,
    ailment: inSome(1.5, 0.2),
    budget: inSome(2, 0.6),
    hand: inSome(3, 0.3),
  }
}

/** Nothing goes wrong any more. What was ordered stays ordered. */
export function calm(sim: Sim): void {
  sim.isCalm = true
  sim.fates = HONEST
  sim.world.makeCalm()
  sim.world.budgetSpent = 0
  sim.sight.hear()
  sim.unusual = []
  for (const hand of sim.hands) hand.until = Math.min(hand.until, sim.clock.trueMs())
  sim.store = { state: 'ok', since: sim.clock.trueMs() }
  if (sim.ailing.ailments.length > 0) ailingNow(sim, [])
  sim.say('the world is made calm')
}

function ailingNow(sim: Sim, ailments: Sim['ailing']['ailments']): Sim['ailing'] {
  return (sim.ailing = { ailments, since: sim.clock.trueMs(), sinceAwakeMs: awakeMs(sim) })
}

function jumpClock(sim: Sim, random: Random): void {
  const byMs = random.int(10_000, random.pick([100_000, 3_600_000])) * random.pick([1, -1])
  sim.clock.jumpWall(byMs)
  sim.counters.count('clock jump')
  sim.say(`the wall clock jumps by ${byMs} ms`)
  const unseen = activeStops(sim).find(({ by, isDurable }) => by === 'clock' && !isDurable)
  if (unseen) {
    unseen.jumpedMs = (unseen.jumpedMs ?? 0) + byMs
    // Set forth and back before anybody looked: nobody can tell.
    if (Math.abs(unseen.jumpedMs) <= NO_JUMP_MS) unseen.until = sim.clock.trueMs()
    return
  }
  if (activeStops(sim).some(({ by, freeze }) => by !== 'file' && freeze)) return
  // A boot of which nothing is on record has nothing to compare a clock with.
  if (sim.history.entries.at(-1)?.moment.bootId !== sim.clock.moment().bootId) return
  sim.stops.push({ ...stopNow(sim, 'clock', true), isDurable: false, jumpedMs: byMs })
}

/** A clock that is this far from where it was has not jumped, as the engine sees it. */
const NO_JUMP_MS = 5000

function passing(now: number, random: Random): Ill {
  return { name: 'passing', curedBy: [], endsAtMs: now + random.int(4500, 15_000) }
}

function illness(now: number, random: Random): Ill {
  const endsAtMs = now + random.int(4000, 300_000)
  switch (random.weighted({ dead: 4, deaf: 3, overload: 3, passing: 2, hopeless: 1, relapsing: 2 })) {
    case 'dead':
      return { name: 'dead', curedBy: ['restart'], endsAtMs: Infinity }
    case 'deaf':
      return { name: 'deaf', curedBy: ['restart', 'flush'], endsAtMs }
    case 'overload':
      return { name: 'overload', curedBy: ['less load'], endsAtMs }
    case 'passing':
      return { name: 'passing', curedBy: [], endsAtMs: now + random.int(3500, 15_000) }
    case 'hopeless':
      return { name: 'hopeless', curedBy: [], endsAtMs }
    case 'relapsing': {
      const relapses = { times: random.int(1, 5), afterMs: random.int(3000, 30_000) }
      return { name: random.pick(['dead', 'deaf']), curedBy: ['restart'], endsAtMs: Infinity, relapses }
    }
  }
}

function fatesOf(random: Random): Fates {
  const bad = (): number => (random.chance(0.5) ? 0 : random.next())
  return {
    write: {
      answered: 4,
      refused: bad() / 2,
      'lied about': bad() / 2,
      'landed, no answer': bad(),
      lost: bad() / 2,
      'answered late': bad() + 1.5,
      straggling: bad() / 2,
    },
    read: { answered: 30, slow: bad(), blind: bad(), hangs: bad(), 'lied about': bad() },
  }
}
