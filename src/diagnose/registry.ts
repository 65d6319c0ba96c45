import type { DiagnosisEngine } from './diagnose.ts'
import { instance } from './engines/instance.ts'

export const DIAGNOSIS_ENGINES: readonly DiagnosisEngine[] = [instance]
