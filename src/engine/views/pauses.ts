import { nextOpening, openWindows, type FreezeWindow } from '../../domain/freeze-window.ts'
import type { Hand } from '../../domain/hand.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Ledger, Pause } from '../../domain/ledger.ts'
import type { Limits, Policy } from '../../domain/policy.ts'
import type { Ailment } from '../../domain/self.ts'
import type { PauseView } from '../../domain/view.ts'
import { activeHands, howToEnd } from '../../gate/gates/hands-off.ts'
import { killSwitchWords } from '../../gate/gates/kill-switch.ts'
import type { World } from '../../gate/gate.ts'
import { elapsedMs, type Moment } from '../../lib/clock.ts'

/** All that may keep its hands still, at one moment. */
export type PauseWorld = {
  readonly pause: Pause | undefined
  readonly killSwitch: World['killSwitch']
  readonly ailments: readonly Ailment[]
  readonly policies: readonly Policy[]
  readonly freezeWindows: readonly FreezeWindow[]
  readonly limits: Limits
  readonly ledger: Pick<Ledger, 'holds' | 'latches' | 'locks' | 'disturbances'>
  readonly incidents: readonly Incident[]
  readonly hands: readonly Hand[]
  /** Locks of others are of runs that have ended and wait for a person. */
  readonly openRuns: ReadonlySet<string>
  readonly now: Moment
}

/** Everything that keeps its hands still now, what is about all of it first. Pure. */
export function pauseViews(world: PauseWorld): PauseView[] {
  return [
    ...stops(world),
    ...freezes(world),
    ...closed(world),
    ...holds(world),
    ...latches(world),
    ...locks(world),
    ...takenOver(world),
    ...hands(world),
  ]
}

function stops({ pause, killSwitch, ailments }: PauseWorld): PauseView[] {
  const file = killSwitch === 'absent' ? [] : [killSwitchWords(killSwitch)]
  return [
    ...file.map((why): PauseView => ({ kind: 'kill-switch', why, ends: 'remove the file' })),
    ...(pause ? [pause] : []).map(({ by, freeze, reason, since }): PauseView => ({
      kind: 'pause',
      who: by,
      why: `${freeze ? 'frozen: ' : ''}${reason}`,
      since: since.wallMs,
      ends: 'kintsugi resume',
    })),
    ...ailments.map(({ what, since, unlocks }): PauseView => ({ kind: 'ailment', why: what, since, ends: unlocks })),
  ]
}

function freezes({ freezeWindows, now }: PauseWorld): PauseView[] {
  return openWindows(freezeWindows, now.wallMs).map(({ name, reason, targets, since, until }) => ({
    kind: 'freeze-window',
    about: `${name}${targets ? `: ${targets.join(', ')}` : ''}`,
    why: reason,
    since,
    until,
    ends: `allow: of the window '${name}' in kintsugi.yaml`,
  }))
}

/** Policies, and tasks of maintenance, that wait for a window of their own. */
function closed({ policies, now }: PauseWorld): PauseView[] {
  return policies.flatMap(({ name, windows }): PauseView[] => {
    if (!windows || openWindows(windows, now.wallMs).length > 0) return []
    const openings = windows.flatMap(({ when }) => nextOpening({ when }, now.wallMs)?.since ?? [])
    const names = windows.map((window) => `'${window.name}'`).join(', ')
    return [
      {
        kind: 'maintenance-window',
        about: name,
        why: `acts in ${names} only`,
        ...(openings.length > 0 && { until: Math.min(...openings) }),
        ends: `in: of ${name} in kintsugi.yaml`,
      },
    ]
  })
}

function holds({ ledger, now }: PauseWorld): PauseView[] {
  return ledger.holds
    .filter(({ since, forMs }) => elapsedMs(since, now) < forMs)
    .map(({ target, since, forMs, reason, by }) => ({
      kind: 'hold',
      about: target,
      who: by,
      why: reason,
      since: since.wallMs,
      until: now.wallMs + forMs - elapsedMs(since, now),
      ends: `kintsugi release ${target}`,
    }))
}

function latches({ ledger }: PauseWorld): PauseView[] {
  return ledger.latches.map(({ owner, since, reason }) => ({
    kind: 'latch',
    about: owner,
    why: reason,
    since: since.wallMs,
    ends: `kintsugi release ${owner}`,
  }))
}

/** What runs that ended parked or stuck still hold; an owner that they are within stands aside. */
function locks({ ledger, openRuns }: PauseWorld): PauseView[] {
  const kept = ledger.locks.filter(({ run, mode }) => mode === 'own' && !openRuns.has(run))
  const byRun = Map.groupBy(kept, ({ run }) => run)
  return [...byRun].map(([run, own]) => ({
    kind: 'lock',
    about: own.map(({ resource }) => resource).join(', '),
    who: run,
    why: 'the run has ended parked or stuck, and keeps its lock',
    ends: `kintsugi release ${run}`,
  }))
}

function takenOver({ incidents }: PauseWorld): PauseView[] {
  return incidents.flatMap(({ id, takenOver: taken }): PauseView[] =>
    taken
      ? [
          {
            kind: 'taken-over',
            about: id,
            who: taken.by,
            why: taken.reason,
            since: taken.at,
            ends: `kintsugi release ${id}`,
          },
        ]
      : [],
  )
}

function hands(world: PauseWorld): PauseView[] {
  const { ledger, limits, now } = world
  return activeHands(world.hands, ledger, limits.handsOff, now).map((hand) => ({
    kind: hand.kind,
    ...(hand.target && { about: hand.target }),
    who: hand.who,
    why: hand.what,
    since: hand.since,
    ...(hand.until !== undefined && { until: hand.until }),
    ends: howToEnd(hand),
  }))
}
