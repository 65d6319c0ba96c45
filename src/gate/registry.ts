import type { Gate } from './gate.ts'
import { approvers } from './gates/approvers.ts'
import { attempts } from './gates/attempts.ts'
import { autonomy } from './gates/autonomy.ts'
import { blastRadius } from './gates/blast-radius.ts'
import { blindness } from './gates/blindness.ts'
import { cooldown } from './gates/cooldown.ts'
import { footing } from './gates/footing.ts'
import { evidence } from './gates/evidence.ts'
import { errorBudget } from './gates/error-budget.ts'
import { freezeWindow } from './gates/freeze-window.ts'
import { global } from './gates/global.ts'
import { handsOff } from './gates/hands-off.ts'
import { killSwitch } from './gates/kill-switch.ts'
import { lock } from './gates/lock.ts'
import { maintenanceWindow } from './gates/maintenance-window.ts'
import { minHealthy } from './gates/min-healthy.ts'
import { need } from './gates/need.ts'
import { never } from './gates/never.ts'
import { person } from './gates/person.ts'
import { selfCare } from './gates/self-care.ts'
import { shadow } from './gates/shadow.ts'
import { storm } from './gates/storm.ts'
import { targetHold } from './gates/target-hold.ts'
import { undo } from './gates/undo.ts'

/** Every gate there is. The order is the order in which people read the answers; it decides nothing. */
export const GATES: readonly Gate[] = [
  killSwitch,
  selfCare,
  shadow,
  autonomy,
  approvers,
  person,
  never,
  footing,
  freezeWindow,
  maintenanceWindow,
  targetHold,
  handsOff,
  undo,
  blindness,
  evidence,
  need,
  lock,
  attempts,
  cooldown,
  minHealthy,
  blastRadius,
  global,
  storm,
  errorBudget,
]
