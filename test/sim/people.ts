import type { Operator } from '../../src/domain/operator.ts'
import { isHeld } from './history.ts'
import { isExcusable } from './life.ts'
import type { Random } from './random.ts'
import { anotherConfig, PLAIN } from './settings.ts'
import { INSTANCES, NORMAL_WEIGHT, serviceOf } from './shop.ts'
import { stopNow, type Asked, type Sim } from './state.ts'

const BY = 'a person'
const OTHER = 'another person'

/** What people do meanwhile: pause and resume, hold and release, change the configuration and the kill-switch file. */
export type People = {
  /** Everybody takes back what they ordered, so that what is open can end. */
  settleDown(): void
}

export function makePeople(sim: Sim, random: Random, onProblem: (problem: string) => void): People {
  const { clock } = sim
  const open = openProposals(sim)
  const later = (meanMs: number, act: () => void): void => {
    clock.after(Math.round(-Math.log(1 - random.next()) * meanMs), () => {
      if (!sim.isCalm) act()
    })
  }

  /** What people want of an engine that is not there: they come again, all of them. */
  let waiting: (() => void)[] = []
  const comeAgain = (ask: () => void): void => {
    waiting.push(ask)
    if (waiting.length > 1) return
    clock.after(700, () => {
      const all = waiting
      waiting = []
      for (const again of all) again()
    })
  }

  /** Asks the running engine, and again later where there is none; `done` once it is acknowledged. */
  const order = (
    kind: Asked['kind'],
    subject: string,
    ask: (operator: Operator) => Promise<void>,
    on: { readonly asked?: () => void; readonly done?: () => void } = {},
  ): void => {
    const { life } = sim
    const operator = life?.running?.operator
    if (!life || life.isDead || life.stillness.isStill() || !operator)
      return comeAgain(() => order(kind, subject, ask, on))
    const asked: Asked = { kind, subject, at: clock.trueMs() }
    sim.asked.push(asked)
    sim.say(`a person asks: ${kind} ${subject}`)
    on.asked?.()
    ask(operator).then(
      () => {
        if (sim.life !== life) return
        asked.acknowledgedAt = clock.trueMs()
        on.done?.()
      },
      (thrown: unknown) => {
        // Whoever asked one that is fenced has asked its successor meanwhile.
        if (sim.life !== life) return
        sim.say(`refused: ${String(thrown)}`)
        if (!isExcusable(thrown)) onProblem(`${kind} ${subject}: ${String(thrown)}`)
        else if (sim.isCalm && kind === 'resumed') clock.after(1000, () => resume())
      },
    )
  }

  const endStops = (): void => {
    for (const stop of sim.stops) if (stop.by !== 'file') stop.until ??= clock.trueMs()
  }
  const pause = (freeze: boolean): void => {
    order('paused', freeze ? 'freeze' : 'pause', (operator) => operator.pause({ by: BY, reason: 'sim', freeze }), {
      asked: () => {
        endStops()
        sim.stops.push({ ...stopNow(sim, 'person', freeze), isDurable: false })
        sim.counters.count(freeze ? 'freeze' : 'pause')
      },
      done: () => {
        const latest = sim.stops.findLast(({ by }) => by === 'person')
        if (latest) latest.isDurable = true
      },
    })
  }
  const resume = (): void => {
    order('resumed', '', (operator) => operator.resume({ by: BY, reason: 'sim' }), { asked: endStops })
  }
  const setFile = (content: Sim['killFile']): void => {
    sim.killFile = content
    sim.say(`the kill-switch file is ${content}`)
    for (const stop of sim.stops) if (stop.by === 'file') stop.until ??= clock.trueMs()
    if (content === 'absent') return
    sim.stops.push({ ...stopNow(sim, 'file', content === 'freeze'), isDurable: true })
    sim.counters.count(content === 'freeze' ? 'freeze' : 'pause')
  }
  const reload = (config = anotherConfig(random)): void => {
    sim.config = config
    if (config.freezeWindows.length > 0) sim.counters.count('freeze window')
    if (config.windows) sim.counters.count('maintenance window')
    order('config-loaded', '', (operator) => operator.reload())
  }
  const release = (subject: string): void =>
    order('released', subject, (operator) => operator.release({ by: BY, reason: 'sim', subject }))

  /** Somebody rolls out, or works on a service, and says so; some also say when they are done. */
  const announce = (): void => {
    const target = random.pick([...INSTANCES, ...INSTANCES.map(serviceOf)])
    const actor = random.pick(['deployment', 'maintenance'] as const)
    const said = { target, actor, forMs: random.int(2000, 40_000), share: random.pick([0.3, 1]), by: BY, reason: 'sim' }
    order('announced', target, async (operator) => {
      const { id } = await operator.announce(said)
      if (random.chance(0.5)) later(5000, () => over(id))
    })
  }
  const over = (id: string): void =>
    order('announcement-ended', id, (operator) => operator.endAnnouncement({ id, by: BY, reason: 'sim' }))
  const tendStorm = (): void => {
    if (sim.life?.running?.engine.storm.isOn) {
      order('storm-ended', 'storm', (operator) => operator.release({ subject: 'storm', by: BY, reason: 'sim' }))
    }
    later(20_000, tendStorm)
  }

  const act = (): void => {
    switch (random.weighted({ pause: 4, freeze: 3, file: 3, hold: 2, release: 5, config: 4, announce: 3 })) {
      case 'pause':
        pause(false)
        return later(8000, resume)
      case 'freeze':
        pause(true)
        return later(6000, resume)
      case 'file':
        setFile(random.pick(['pause', 'freeze', 'unreadable'] as const))
        return later(6000, () => setFile('absent'))
      case 'hold': {
        const target = random.pick([...INSTANCES, ...INSTANCES.map(serviceOf)])
        const forMs = random.int(3000, 40_000)
        return order('held', target, (operator) => operator.hold({ by: BY, reason: 'sim', target, forMs }))
      }
      case 'release':
        return release(random.pick(INSTANCES.map(serviceOf)))
      case 'config':
        return reload()
      case 'announce':
        return announce()
    }
  }
  /** Whoever was paged looks at what is held, puts it right by hand or not, and frees it. */
  const tendHeld = (): void => {
    for (const { ended, releasedAt, run, plan } of sim.history.runs.values()) {
      if (!ended || !isHeld(ended.outcome) || releasedAt !== undefined || random.chance(0.4)) continue
      for (const { target, action } of plan.steps) {
        if (action === 'set-weight' && random.chance(0.5)) sim.world.setWeightByHand(target, NORMAL_WEIGHT)
      }
      release(run)
    }
    later(5000, tendHeld)
  }
  /** Clock jumps freeze; somebody looks, sooner or later. */
  const tendFrozen = (): void => {
    if (sim.life?.running?.engine.pause?.by === 'kintsugi') resume()
    later(4000, tendFrozen)
  }
  const isAnswered = (): boolean =>
    sim.life?.isDead === false && !sim.life.stillness.isStill() && sim.life.running !== undefined
  /** Whoever is asked looks, and answers: once, twice at once, with no, by taking it over, or not at all. */
  const tendProposals = (): void => {
    for (const [proposal, incident] of isAnswered() ? [...open] : []) {
      const yes = (by = BY): void =>
        order('approved', proposal, async (operator) => void (await operator.approve({ proposal, by, reason: 'sim' })))
      switch (random.weighted({ yes: 3, twice: 5, two: 12, no: 5, mine: 2, nothing: 4 })) {
        case 'yes':
          yes()
          break
        case 'twice':
          sim.counters.count('approved twice')
          yes()
          yes()
          break
        case 'two':
          yes(BY)
          if (random.chance(0.5)) yes(OTHER)
          else later(300, () => yes(OTHER))
          break
        case 'no':
          order('rejected', proposal, (operator) => operator.reject({ proposal, by: BY, reason: 'sim' }))
          break
        case 'mine':
          takeOver(incident)
          break
        case 'nothing':
      }
    }
    later(answersMs, tendProposals)
  }
  /** Somebody knows better, also in the middle of a run; and says afterwards what was wrong about it. */
  const takeOver = (incident: string): void => {
    order('taken-over', incident, (operator) => operator.takeOver({ incident, by: BY, reason: 'sim' }))
    later(10_000, () => release(incident))
    later(15_000, () =>
      order('marked-wrong', incident, (operator) => operator.markWrong({ subject: incident, by: BY, reason: 'sim' })),
    )
  }
  /** Somebody looks at what is open; some say for how long. */
  const acknowledge = (): void => {
    const open = [...(sim.life?.running?.engine.incidents.open() ?? [])]
    if (open.length > 0 && isAnswered() && random.chance(0.5)) {
      const { id: subject } = random.pick(open)
      const forMs = random.chance(0.5) ? { forMs: random.int(3000, 40_000) } : {}
      order('acknowledged', subject, (operator) => operator.acknowledge({ subject, by: BY, reason: 'sim', ...forMs }))
      if (!('forMs' in forMs)) later(15_000, () => release(subject))
    }
    later(60_000, acknowledge)
  }
  const takeRuns = (): void => {
    for (const { ended, incident } of sim.history.runs.values()) {
      if (!ended && isAnswered() && random.chance(sim.isLeftAlone ? 0.01 : 0.06)) takeOver(incident)
    }
    later(3000, takeRuns)
  }
  // Some are slow to answer, and some hardly ever do.
  const answersMs = random.pick([700, 1000, 3000, 30_000])
  const everySoOften = (): void => {
    act()
    later(meanMs, everySoOften)
  }
  const meanMs = sim.isLeftAlone ? 120_000 : random.pick([10_000, 25_000, 60_000])
  later(meanMs, everySoOften)
  later(5000, tendHeld)
  later(5000, tendFrozen)
  later(20_000, tendStorm)
  later(60_000, acknowledge)
  later(answersMs, tendProposals)
  later(3000, takeRuns)

  return {
    settleDown: () => {
      setFile('absent')
      resume()
      reload(PLAIN)
    },
  }
}

/** What waits for a yes, as the record says: proposals, with their incidents. */
function openProposals({ history }: Sim): ReadonlyMap<string, string> {
  const open = new Map<string, string>()
  history.onEntry(({ body }) => {
    if (body.kind === 'proposed') open.set(body.proposal.id, body.proposal.incident)
    if (body.kind === 'approved' || body.kind === 'proposal-ended') open.delete(body.proposal)
  })
  return open
}
