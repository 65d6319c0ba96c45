import type { AttemptLimit } from '../domain/policy.ts'
import type { Json } from '../lib/json.ts'
import type { Path } from './problems.ts'
import type { PolicySection, ShortAction } from './policy-schema.ts'
import type { Scope } from './scope.ts'

/** Short words for a ladder: these remedies, and then a person. */
const ACTIONS: Readonly<Record<ShortAction, readonly string[]>> = {
  restart: ['restart-instance', 'restart-service'],
  scale_up: ['scale-up'],
  scale_down: ['scale-down'],
  rate_limit: ['rate-limit'],
  limit_concurrency: ['limit-concurrency'],
  warm_cache: ['warm-cache'],
  reset_pool: ['reset-pool'],
  clean_disk: ['clean-disk'],
  drain: ['drain-instance'],
  shift_traffic: ['shift-traffic'],
  trip_breaker: ['trip-breaker'],
  restore_config: ['restore-config'],
  page: [],
}

/** What the keys beside an action are called among the settings of its remedies. */
const SETTINGS: Readonly<Record<SettingKey, Readonly<Record<string, string>>>> = {
  scale_factor: { 'scale-up': 'factor', 'scale-down': 'factor' },
  max_replicas: { 'scale-up': 'max' },
  min_replicas: { 'scale-down': 'min' },
  limit_rps: { 'rate-limit': 'rps' },
  max_concurrency: { 'limit-concurrency': 'limit' },
}
type SettingKey = 'scale_factor' | 'max_replicas' | 'min_replicas' | 'limit_rps' | 'max_concurrency'
const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[]

const DAY_MS = 24 * 60 * 60 * 1000

/** One rung: a remedy, what is set for it, and where both stand in the file. */
export type Rung = {
  readonly name: string
  readonly settings?: Json
  readonly path: Path
  /** Where a setting of it stands. */
  readonly inside: (setting: Path) => Path
}

/** The ladder of a policy as it stands, or as its short action means it. */
export function ladderOf(section: PolicySection, path: Path, { problems }: Scope): readonly Rung[] {
  const { ladder, action } = section
  if ((ladder === undefined) === (action === undefined)) {
    problems.push({ path, message: 'needs exactly one of ladder and action' })
  }
  const remedies = action === undefined ? [] : ACTIONS[action]
  for (const key of SETTING_KEYS) {
    if (section[key] === undefined || remedies.some((name) => name in SETTINGS[key])) continue
    const takers = Object.keys(SETTINGS[key]).join(' or ')
    problems.push({
      path: [...path, key],
      message: `stands beside an action that comes to ${takers} only`,
      atKey: true,
    })
  }
  if (!ladder) return [...remedies, 'page'].map((name) => rungOf(name, section, path))
  return ladder.map((rung, i) => {
    const at = [...path, 'ladder', i]
    return { ...rung, path: at, inside: (setting) => [...at, rung.name, ...setting] }
  })
}

function rungOf(name: string, section: PolicySection, policy: Path): Rung {
  const keys = SETTING_KEYS.filter((key) => section[key] !== undefined && name in SETTINGS[key])
  const settings = Object.fromEntries(keys.map((key) => [SETTINGS[key][name] ?? key, section[key] ?? null]))
  const path = [...policy, 'action']
  const inside = ([setting]: Path): Path => {
    const key = keys.find((each) => SETTINGS[each][name] === setting)
    return key === undefined ? path : [...policy, key]
  }
  return { name, ...(keys.length > 0 && { settings }), path, inside }
}

/** So many attempts on the owner in a day; the next is held, and whoever made them counts. */
export function limitOf(
  { action, restart_count_limit: attempts }: PolicySection,
  path: Path,
  { problems }: Scope,
): AttemptLimit | undefined {
  if (attempts === undefined) return undefined
  if (action !== 'restart') {
    problems.push({
      path: [...path, 'restart_count_limit'],
      message: 'stands beside "action: restart" only',
      atKey: true,
    })
  }
  return { attempts, withinMs: DAY_MS, latches: false }
}
