import type { ControlMaker } from './control.ts'
import { dailyRhythm } from './daily-rhythm.ts'
import { harmlessSpike } from './harmless-spike.ts'
import { plannedRestart } from './planned-restart.ts'
import { quiet } from './quiet.ts'

/** Every control the lab knows, by the name of its file. */
export const controls: Readonly<Record<string, ControlMaker>> = {
  'planned-restart': plannedRestart,
  quiet,
  'harmless-spike': harmlessSpike,
  'daily-rhythm': dailyRhythm,
}
