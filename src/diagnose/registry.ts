import type { DiagnosisEngine } from './diagnose.ts'
import { alert } from './engines/alert.ts'
import { changes } from './engines/changes.ts'
import { dependency } from './engines/dependency.ts'
import { forecast } from './engines/forecast.ts'
import { instance } from './engines/instance.ts'
import { leak } from './engines/leak.ts'
import { load } from './engines/load.ts'
import { policy } from './engines/policy.ts'
import { resource } from './engines/resource.ts'
import { rulesOf } from './engines/rules.ts'
import { schedule } from './engines/schedule.ts'
import { siblings } from './engines/siblings.ts'
import { slow } from './engines/slow.ts'
import { symptoms } from './engines/symptoms.ts'
import { unusual } from './engines/unusual.ts'
import { words } from './engines/words.ts'
import { SHIPPED_RULES } from './shipped-rules.ts'

/** What each weighs, the later ones weigh again: what changed, then the walk, then which cause brings about which. */
export const DIAGNOSIS_ENGINES: readonly DiagnosisEngine[] = [
  instance,
  resource,
  rulesOf(SHIPPED_RULES),
  schedule,
  forecast,
  alert,
  siblings,
  leak,
  load,
  slow,
  changes,
  dependency,
  symptoms,
  policy,
  unusual,
  words,
]
