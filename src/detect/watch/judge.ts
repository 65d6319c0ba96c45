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

/** One alarm decision, within the budget of all. */
export function createJudge(budget: Budget, intervalMs: number, saved?: AlarmState): Judge {
  const alarm: Alarm = createAlarm(settingsFor(intervalMs), saved)
  let now: Standing | undefined
  return {
    next: (atMs, score, judges, text) => {
      const { raised, active } = alarm.next(atMs, score, budget.asks(atMs, judges))
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

function settingsFor(intervalMs: number): AlarmSettings {
  const minSamples = Math.max(FEWEST, Math.ceil(LASTS_MS / intervalMs))
  return { falseAlarmsPerDay: 0.1, quietMs: QUIET_MS, minSamples }
}
