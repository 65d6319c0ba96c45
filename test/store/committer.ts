import { argv } from 'node:process'
import { openRecord } from '../../src/store/record.ts'
import { systemClock, type Moment } from '../../src/lib/clock.ts'
import { commitOf } from './sample.ts'

/**
 * Commits for ever, eight at a time, and prints `seq reason` for each commit that was acknowledged (a write to a pipe is
 * synchronous on Linux, so that a kill loses no line of it). With a third argument each rests so many milliseconds after
 * a commit.
 */
const [, , folder = '', round = '', restMs] = argv
const clock = systemClock()
const moment = (): Moment => clock.moment()
const record = await openRecord({ folder, moment })
process.stdout.write(`open ${record.epoch}\n`)

async function commitForEver(lane: number): Promise<never> {
  for (let n = 0; ; n++) {
    const reason = `${round}-${lane}-${n}`
    const seq = await record.commit(commitOf(reason, [], { at: moment() }))
    process.stdout.write(`${seq} ${reason}\n`)
    if (restMs !== undefined) await clock.sleep(Number(restMs))
  }
}
await Promise.all(Array.from({ length: 8 }, (_, lane) => commitForEver(lane)))
