import { approved } from './approved.ts'
import { askedFirst } from './asked-first.ts'
import { blast } from './blast.ts'
import { bounds } from './bounds.ts'
import { budget } from './budget.ts'
import { endings } from './endings.ts'
import { explained } from './explained.ts'
import { handsOff } from './hands-off.ts'
import { inTime } from './in-time.ts'
import type { Law } from './law.ts'
import { footing } from './footing.ts'
import { limits } from './limits.ts'
import { needed } from './needed.ts'
import { nothingLost } from './nothing-lost.ts'
import { oneOwner } from './one-owner.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { peopleHeard } from './people-heard.ts'
import { proven } from './proven.ts'
import { shadow } from './shadow.ts'
import { reasons } from './reasons.ts'
import { selfCare } from './self-care.ts'
import { sighted } from './sight.ts'
import { stops } from './stops.ts'
import { storm } from './storm.ts'
import { tables } from './tables.ts'
import { takenOver } from './taken-over.ts'
import { twoPeople } from './two-people.ts'
import { inWaves } from './waves.ts'
import { unusual } from './unusual.ts'
import { unwritable } from './unwritable.ts'

/** Every law that a simulated run is held to. */
export const LAWS: readonly Law[] = [
  oneAtATime,
  askedFirst,
  oneOwner,
  approved,
  twoPeople,
  takenOver,
  handsOff,
  endings,
  limits,
  blast,
  storm,
  budget,
  stops,
  nothingLost,
  sighted,
  shadow,
  peopleHeard,
  tables,
  explained,
  reasons,
  proven,
  unwritable,
  bounds,
  needed,
  inWaves,
  inTime,
  footing,
  selfCare,
  unusual,
]
