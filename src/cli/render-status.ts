import type { IntakeStatus, Status } from '../domain/operator.ts'
import type { SelfStatus } from '../domain/self.ts'
import { durationText } from '../lib/duration.ts'
import type { BlastView } from '../domain/view.ts'
import { banner } from './banner.ts'
import { listOf, printable, table } from './text.ts'
import { timeText } from './units.ts'

/** The banner, and what it sums up. `now` is in epoch milliseconds. */
export function statusText(status: Status, now: number): string {
  const { version, startedAt, sources, record, incidents, openRuns, holds, latches, loop } = status
  const blind = incidents.filter(({ findings }) => findings.some(({ state }) => state === 'blind')).length
  return [
    banner(status),
    '',
    `Kintsugi ${version}, up ${durationText(now - startedAt)}, since ${timeText(startedAt)}.`,
    `${incidents.length} open incidents (${blind} blind), ${openRuns.length} runs under way, ${holds.length} targets held, ${latches.length} latched.`,
    ...selfLines(status.self),
    ...(status.intake ? [intakeText(status.intake)] : []),
    ...(status.blast ? [blastText(status.blast)] : []),
    ...(status.storm ? [stormText(status.storm)] : []),
    `Record at entry ${record.seq}; the last turn of the loop took ${durationText(Math.round(loop.turnMs))}.`,
    '',
    table(
      ['SOURCE', 'STATE', 'LAST SEEN', 'PROBLEM'],
      sources.map(({ name, fresh, lastAt, problem }) => [
        name,
        fresh ? 'fresh' : 'blind',
        lastAt === undefined ? 'never' : timeText(lastAt),
        problem === undefined ? '-' : printable(problem),
      ]),
    ),
  ].join('\n')
}

/** What ails it and would end that, what it stands on, and how its heartbeat goes. */
function selfLines(self: SelfStatus | undefined): string[] {
  const { ailments = [], footing = [], heartbeat } = self ?? {}
  return [
    ...ailments.map(
      ({ what, since, unlocks }) =>
        `Not well since ${timeText(since)}: ${printable(what)}. It begins nothing; ends ${printable(unlocks)}.`,
    ),
    ...(footing.length > 0
      ? [
          `Stands on, and never touches: ${listOf(
            footing.map(({ target }) => target),
            8,
          )}.`,
        ]
      : []),
    ...(heartbeat ? [heartbeatText(heartbeat)] : []),
  ]
}

function heartbeatText({ lastAt, problem }: NonNullable<SelfStatus['heartbeat']>): string {
  const last = lastAt === undefined ? 'none yet' : `the last at ${timeText(lastAt)}`
  return `Heartbeat: ${last}${problem === undefined ? '' : `; NOT SENT: ${printable(problem)}`}.`
}

/** What is kept of all that comes in, and what is not. */
function intakeText({ series, named, unaimed, shed, refused }: IntakeStatus): string {
  const nobodys = unaimed.series === 0 ? '' : ` (${unaimed.series} nobody's: ${printable(unaimed.reason ?? '')})`
  const lost = shed + refused === 0 ? '' : ` ${shed} new series SHED, ${refused} samples or lines refused.`
  return `${series} series kept; of those pushed, ${named} are read by name${nobodys}.${lost}`
}

/** What is disturbed over all services, and how much of it may be. */
export function blastText({ targets, effects, limit }: BlastView): string {
  const most = (count: number | undefined): string => (count === undefined ? '' : ` of ${count}`)
  return `Disturbed now: ${targets}${most(limit?.atOnce)} targets; ${effects}${most(limit?.effectsPerHour)} effects within the last hour.`
}

function stormText(causes: readonly string[]): string {
  return `A STORM of ${causes.length} causes: nothing is begun until it is over, or: kintsugi release storm --reason TEXT`
}
