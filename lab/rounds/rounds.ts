import { join } from 'node:path'
import type { Log } from '../../src/lib/log.ts'
import type { Args } from '../args.ts'
import { controls } from '../controls/registry.ts'
import type { Fault } from '../faults/fault.ts'
import { faults } from '../faults/registry.ts'
import type { Ground } from '../kintsugi.ts'
import { randomFrom } from '../../src/lib/random.ts'
import type { Random } from '../random.ts'
import { faultLine, reportOf, type ControlResult, type FaultResult, type Report } from '../report.ts'
import { freeBasePort } from '../shop/ports.ts'
import { playControl } from './control-round.ts'
import { playFault } from './fault-round.ts'
import { onStage } from './stage.ts'

export type RoundsArgs = Extract<Args, { command: 'rounds' }>
export type Progress = (line: string) => void

/** A round that no user felt is run again so often, then it is an error. */
const MOST_TRIES = 4

/** Plays every round that was asked for, one after the other. */
export async function playRounds(args: RoundsArgs, log: Log, progress: Progress): Promise<Report> {
  const random = randomFrom(args.seed)
  const nextGround = groundsOf(args, random)
  const toPlay = Array.from({ length: args.rounds }, () => args.faults).flat()
  const all = toPlay.length + args.controls.length
  const [faultResults, controlResults]: [FaultResult[], ControlResult[]] = [[], []]
  progress(`seed ${args.seed}, ${all} rounds`)
  for (const name of toPlay) {
    const result = await faultRound(name, random, nextGround, log, progress)
    faultResults.push(result)
    progress(`round ${faultResults.length} of ${all}: ${faultLine(result)}`)
  }
  for (const name of args.controls) {
    const control = (controls[name] ?? missing(name))(random)
    const result = await onStage(await nextGround(), log, (stage) => playControl(stage, control))
    controlResults.push(result)
    progress(`round ${faultResults.length + controlResults.length} of ${all}: ${name}, ${result.effects} effects`)
  }
  return reportOf(args.seed, faultResults, controlResults)
}

async function faultRound(
  name: string,
  random: Random,
  nextGround: (fault: Fault) => Promise<Ground>,
  log: Log,
  progress: Progress,
): Promise<FaultResult> {
  const make = faults[name] ?? missing(name)
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const fault = make(random)
    const result = await onStage(await nextGround(fault), log, (stage) => playFault(stage, fault, random))
    if (result) return result
    progress(`${name}: no user felt it, so it does not count; once more`)
  }
  throw new Error(`no user felt any of ${MOST_TRIES} rounds of ${name}: the load does not reach what it breaks`)
}

/** A fresh folder and a free block of ports for each round. */
export function groundsOf(args: RoundsArgs, random: Random): (fault?: Fault) => Promise<Ground> {
  let count = 0
  return async (fault) => {
    count += 1
    return {
      dir: join(args.dir, `round-${String(count).padStart(3, '0')}`),
      basePort: args.basePort ?? (await freeBasePort(random)),
      mode: args.shadow ? 'shadow' : 'live',
      ...(args.watching && { withoutRules: true }),
      ...(args.profile && { profile: args.profile }),
      ...(fault?.held?.perTarget && { perTarget: fault.held.perTarget }),
    }
  }
}

export function missing(name: string): never {
  throw new TypeError(`the lab has nothing named '${name}'`)
}
