import type { Task } from './lib/task.ts'
import { detectTask } from './tasks/detect.ts'
import { predictTask } from './tasks/predict.ts'

/** Everything that can be evaluated, by the name that `npm run evaluate` takes. */
export const TASKS: Readonly<Record<string, Task>> = { detect: detectTask, predict: predictTask }
