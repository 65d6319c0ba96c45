import type { TrainingProgress } from '../many/recurrent.ts'
import type { Together } from './together.ts'

/** How far the training that is under way has come. */
export type Training = TrainingProgress

export type Trainer = {
  /** Trains for so many milliseconds, one model after the other; answers whether more is to do. */
  step(forMs: number, at: number): boolean
  now(): Training | undefined
}

export function createTrainer(all: () => readonly Together[]): Trainer {
  let work: Generator<TrainingProgress, void> | undefined
  let progress: TrainingProgress | undefined
  return {
    step: (forMs, at) => {
      work ??= firstDue(all(), at)
      for (const until = performance.now() + forMs; work && performance.now() < until;) {
        const step = work.next()
        progress = step.done ? undefined : step.value
        if (step.done) work = undefined
      }
      return work !== undefined
    },
    now: () => progress,
  }
}

function firstDue(all: readonly Together[], at: number): Generator<TrainingProgress, void> | undefined {
  for (const one of all) {
    const work = one.training(at)
    if (work) return work
  }
  return undefined
}
