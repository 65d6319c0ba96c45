import type { Assessment } from '../../domain/assessment.ts'
import type { Outcome } from '../../domain/run.ts'
import { mayHaveLanded, stops, type RunState } from '../../saga/log.ts'

/** Why a run whose log folds to this state cannot have ended so; empty where it can. */
export function outcomeProblem(state: RunState, outcome: Outcome): readonly string[] {
  const landed = mayHaveLanded(state).length > 0
  const settled = settledOf(state)
  const isUndone = [...state.undos.values()].some(({ status }) => status === 'finished')
  const stopped = state.comparisons.some(stops)
  switch (outcome) {
    case 'healed':
      return settled?.result === 'better' && settled.enough ? [] : [`healed, and judged ${textOf(settled)}`]
    case 'helped':
      return settled?.result === 'better' && !settled.enough ? [] : [`helped, and judged ${textOf(settled)}`]
    case 'spent':
      return settled?.result === 'unchanged' || stopped ? [] : [`spent, and judged ${textOf(settled)}`]
    case 'rolled-back':
      return isUndone || stopped || settled?.result === 'worse' ? [] : ['rolled back, and nothing was undone']
    case 'abandoned':
      return landed ? ['abandoned, and an effect of it may have landed'] : []
    // A person, a freeze or a failure may come at any time.
    case 'parked':
    case 'stuck':
      return []
  }
}

type Settled = Pick<Assessment, 'result' | 'enough'>

function settledOf({ steps }: RunState): Settled | undefined {
  const step = steps.get('settle/result')
  return step?.status === 'succeeded' ? (step.result as Settled) : undefined
}

function textOf(settled: Settled | undefined): string {
  return settled ? `${settled.result}${settled.enough ? ', enough' : ''}` : 'by nobody'
}
