import { canBeDueIn } from '../domain/maintenance-window.ts'
import { readSchedule, type Schedule } from '../domain/schedule.ts'
import type { Policy } from '../domain/policy.ts'
import { durationText, parseDuration } from '../lib/duration.ts'
import { policyOf, type PolicyScope } from './policies.ts'
import type { Path } from './problems.ts'
import type { MaintenanceSection } from './policy-schema.ts'
import { unique } from './scope.ts'

const HOUR_MS = 3_600_000

/** Where a task is done whatever is seen: what must not be so after it. */
const DOWN = 'up == 0'

/** The tasks of `maintenance`: policies that are due by the calendar, through the same gates as any other. */
export function maintenanceOf(
  sections: readonly MaintenanceSection[],
  policies: readonly Policy[],
  scope: PolicyScope,
): Policy[] {
  unique(['maintenance'], sections, scope)
  for (const [i, { name }] of sections.entries()) {
    if (!policies.some((policy) => policy.name === name)) continue
    scope.problems.push({ path: ['maintenance', i, 'name'], message: `"${name}" is a policy's name already` })
  }
  return sections.map((section, i) => taskOf(section, ['maintenance', i], scope))
}

function taskOf(section: MaintenanceSection, path: Path, scope: PolicyScope): Policy {
  const { schedule, timeZone, jitter, window, missed, when, ...rest } = section
  const policy = policyOf({ severity: 'info', ...rest, condition: when ?? DOWN }, path, scope)
  const every = scope.attempt([...path, 'schedule'], () => readSchedule(schedule, timeZone ?? 'UTC', parseDuration))
  if (!every) return policy
  const own: Schedule = {
    every,
    jitterMs: jitter ?? 0,
    windowMs: window ?? ('ms' in every ? Math.min(every.ms, HOUR_MS) : HOUR_MS),
    catchUp: missed !== 'skip',
    conditional: when !== undefined,
  }
  if ('ms' in every && own.jitterMs >= every.ms) {
    scope.problems.push({ path: [...path, 'jitter'], message: 'must be shorter than the time between two occurrences' })
  }
  const { windows = [] } = policy
  if (windows.length > 0 && !windows.some((one) => canBeDueIn(own, one))) {
    const due = `comes ${schedule} (${timeZone ?? 'UTC'}) and stays due for ${durationText(own.windowMs)}`
    const message = `it ${due}, and ${windows.map(({ name }) => name).join(', ')} is never open then: move one of them, or give the task a longer \`window\``
    scope.problems.push({ path: [...path, 'in'], message })
  }
  // What holds it up is decided when it is due, so that nothing has to hold for a while first.
  return { ...policy, condition: when ?? DOWN, schedule: own }
}
