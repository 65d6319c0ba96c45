import { evidenceOf } from './streams/measure.ts'

/** When a score is worth a person's attention, in plain words. */
export type AlarmSettings = {
  /** How many false alarms a day one series may raise: the fewer, the rarer a sample must be. */
  readonly falseAlarmsPerDay: number
  /** An alarm lasts until it was quiet for so long; only then another can be raised. */
  readonly quietMs: number
  /** Samples in a row that must be unusual. */
  readonly minSamples: number
  /** Each alarm spends budget: the next one needs so much more evidence, forgotten within days. */
  readonly lift?: number
}

export const DEFAULT_ALARM: AlarmSettings = { falseAlarmsPerDay: 0.1, quietMs: 6 * 3_600_000, minSamples: 1 }

export type Alarm = {
  /** `asked`: so much more evidence is needed, or less where it is negative. */
  next(atMs: number, score: number, asked?: number): Standing
  save(): AlarmState
}

/** `raised`: this is the sample at which somebody is told. `active`: not yet quiet since. */
export type Standing = { readonly raised: boolean; readonly active: boolean }

export type AlarmState = {
  readonly unusual: number
  readonly quietSamples: number
  /** Since when it is quiet; null: not since the alarm. */
  readonly quietSince: number | null
  readonly active: boolean
  readonly lift: number
  readonly at: number | null
}

/** Evidence at which an alarm is raised at a tenth of a false alarm a day: as measured on the visible halves. */
const RAISE_AT = 1.8
const MEASURED_PER_DAY = 0.1
/** Hysteresis: it is not quiet before evidence falls below this share of what raises. */
const QUIET_BELOW = 0.8
/** However long the interval, some samples must be quiet. */
const MIN_QUIET_SAMPLES = 5
const LIFT = 0.5
const LIFT_FOR_MS = 3 * 86_400_000

const NOTHING_YET: AlarmState = { unusual: 0, quietSamples: 0, quietSince: null, active: false, lift: 0, at: null }

/** The alarm decision over the scores of one series. */
export function createAlarm(settings: AlarmSettings = DEFAULT_ALARM, saved: AlarmState = NOTHING_YET): Alarm {
  let state = saved
  const usual = RAISE_AT + Math.log10(MEASURED_PER_DAY / settings.falseAlarmsPerDay) / 2
  return {
    next: (atMs, score, asked = 0) => {
      const limit = usual + asked
      if (Number.isNaN(score)) return { raised: false, active: state.active }
      const evidence = evidenceOf(score)
      const lift = state.lift * Math.exp(-Math.max(0, atMs - (state.at ?? atMs)) / LIFT_FOR_MS)
      const unusual = evidence >= limit + lift ? state.unusual + 1 : 0
      const rested = { ...state, ...quiet(state, atMs, evidence >= limit * QUIET_BELOW), unusual, lift, at: atMs }
      const over = !state.active || isOver(state, atMs, settings.quietMs)
      const raised = over && unusual >= settings.minSamples
      state = raised
        ? { ...rested, active: true, lift: lift + (settings.lift ?? LIFT), quietSince: null, quietSamples: 0 }
        : { ...rested, active: state.active && !over }
      return { raised, active: state.active }
    },
    save: () => state,
  }
}

function quiet({ quietSince, quietSamples }: AlarmState, atMs: number, loud: boolean): Partial<AlarmState> {
  if (loud) return { quietSince: null, quietSamples: 0 }
  return { quietSince: quietSince ?? atMs, quietSamples: quietSamples + 1 }
}

function isOver({ quietSince, quietSamples }: AlarmState, atMs: number, quietMs: number): boolean {
  return quietSince !== null && quietSamples >= MIN_QUIET_SAMPLES && atMs - quietSince >= quietMs
}
