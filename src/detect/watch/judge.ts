import { createAlarm, type Alarm, type AlarmSettings, type AlarmState } from '../alarm.ts'
import type { Budget } from './budget.ts'

/** What one judge holds of what it looks at: since when it is unusual, when that was seen last, and how unusual. */
export type Standing = { readonly since: number; readonly at: number; readonly score: number; readonly text: string }

export type Judge = {
  /** Takes in a score on the one scale; `text` says in words what came, and is asked only of what is unusual. */
  next(atMs: number, score: number, judges: number, text: () => string): void
  /** Undefined while it is as ever. */
  standing(): Standing | undefined
  save(): AlarmState
}

/** `least`: evidence that each sample in a row must have at least, whatever the budget. */
type JudgeOptions = { readonly least?: number; readonly saved?: AlarmState }

/** One alarm decision, within the budget of all. */
export function createJudge(budget: Budget, intervalMs: number, { least = LEAST, saved }: JudgeOptions = {}): Judge {
  const settings = settingsFor(intervalMs)
  const alarm: Alarm = createAlarm(settings, saved)
  const lasting = EACH_FURTHER * (settings.minSamples - 1)
  let now: Standing | undefined
  return {
    next: (atMs, score, judges, text) => {
      const asked = Math.max(least - ALONE, budget.asks(atMs, judges) - lasting)
      const { raised, active } = alarm.next(atMs, score, asked)
      if (raised) budget.spend(atMs)
      if (!active) return void (now = undefined)
      if (raised || !now) now = { since: atMs, at: atMs, score, text: text() }
      else now = { ...now, at: atMs, ...(score > now.score && { score, text: text() }) }
    },
    standing: () => now,
    save: () => alarm.save(),
  }
}

/** Quiet for so long, it is over. */
const QUIET_MS = 120_000
/** It must last so long, or so many samples where they come seldom. */
const LASTS_MS = 3000
const FEWEST = 2
/** Evidence that one sample alone is asked for, as measured in docs/evaluation.md; each further in a row takes this off. */
const ALONE = 1.8
const EACH_FURTHER = 0.9
/** Healthy series in a row stay well below this, whatever the budget: see docs/detection.md. */
const LEAST = 0.5
/** The budget of all is what keeps one that cries wolf in bounds. */
const LIFT = 0.1

function settingsFor(intervalMs: number): AlarmSettings {
  const minSamples = Math.max(FEWEST, Math.ceil(LASTS_MS / intervalMs))
  return { falseAlarmsPerDay: 0.1, quietMs: QUIET_MS, minSamples, lift: LIFT }
}
