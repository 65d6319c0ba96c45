import { RecordUnwritableError } from '../domain/errors.ts'
import { personOf, type Identity } from '../domain/person.ts'
import { elapsedMs, type Moment } from '../lib/clock.ts'
import { durationText } from '../lib/duration.ts'
import { note, type Engine } from './engine.ts'

/** A wall clock this far from what the boot clock explains has jumped; slewing stays far below. */
const JUMP_MS = 5000
const KINTSUGI = 'kintsugi'

/** A clock that jumps freezes: no limit in wall time means anything until a person has looked. */
export async function watchClock(engine: Engine): Promise<void> {
  const now = engine.ports.clock.moment()
  const was = engine.lastMoment
  engine.lastMoment = now
  const jump = was && jumpBetween(was, now)
  if (!jump) return
  engine.ports.windows.forget()
  if (engine.pause?.freeze) return
  await pauseWith(engine, { freeze: true, reason: `the clock jumped by ${durationText(jump)}`, by: KINTSUGI })
}

/** A record that is not the newest there was knows nothing of what was done since: a person has to look first. */
export async function freezeInDoubt(engine: Engine): Promise<void> {
  const { doubt } = engine.ports
  if (doubt === undefined) return
  const before = engine.pause?.freeze ? `${engine.pause.reason}; ` : ''
  await pauseWith(engine, { freeze: true, reason: `${before}${doubt}`, by: KINTSUGI })
}

/** How far the wall clock moved that the boot clock does not explain, in milliseconds; undefined when it did not. */
export function jumpBetween(was: Moment, now: Moment): number | undefined {
  const jump =
    was.bootId === now.bootId ? now.wallMs - was.wallMs - elapsedMs(was, now) : Math.min(0, now.wallMs - was.wallMs)
  return Math.abs(jump) > JUMP_MS ? jump : undefined
}

/** Brings the freeze signal in line with the pause on record and the kill-switch file. */
export function watchKillSwitch(engine: Engine): void {
  const frozen = engine.pause?.freeze === true || engine.ports.killSwitch() === 'freeze'
  if (frozen && !engine.freeze.signal.aborted) engine.freeze.abort()
  if (!frozen && engine.freeze.signal.aborted) engine.freeze = new AbortController()
}

/** Records a pause and lets it be felt at once. */
export async function pauseWith(
  engine: Engine,
  pause: { readonly freeze: boolean; readonly reason: string; readonly by: string },
  who?: Identity,
): Promise<void> {
  // Felt before it is durable: a pause must work when the record does not.
  engine.pause = { ...pause, since: engine.ports.clock.moment() }
  watchKillSwitch(engine)
  try {
    await note(engine, [{ kind: 'paused', ...pause, ...personOf(who) }], {
      writes: [{ do: 'pause', ...pause }],
      closing: true,
    })
  } catch (thrown) {
    if (!(thrown instanceof RecordUnwritableError)) throw thrown
    const held = 'paused until this process ends, but not on record: use the kill-switch file to make it last'
    throw new RecordUnwritableError(`${held} (${thrown.message})`, { cause: thrown })
  }
}

export async function resumeWith(
  engine: Engine,
  order: { readonly reason: string; readonly by: string; readonly person?: string },
): Promise<void> {
  await note(engine, [{ kind: 'resumed', ...order }], { writes: [{ do: 'resume' }], closing: true })
  engine.pause = undefined
  watchKillSwitch(engine)
}
