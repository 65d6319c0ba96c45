import type { DiagnosisEngine } from './diagnose.ts'
import { alert } from './engines/alert.ts'
import { dependency } from './engines/dependency.ts'
import { instance } from './engines/instance.ts'
import { resource } from './engines/resource.ts'
import { rulesOf } from './engines/rules.ts'
import { schedule } from './engines/schedule.ts'
import { SHIPPED_RULES } from './shipped-rules.ts'

export const DIAGNOSIS_ENGINES: readonly DiagnosisEngine[] = [
  instance,
  dependency,
  resource,
  schedule,
  rulesOf(SHIPPED_RULES),
  alert,
]
