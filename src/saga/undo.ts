import { messageOf, RecordUnwritableError } from '../domain/errors.ts'
import type { PlanStep } from '../domain/plan.ts'
import type { AnyAction } from '../domain/ports.ts'
import type { Json } from '../lib/json.ts'
import { askWithPatience, type Ending, type LandedStep, type RunContext } from './context.ts'
import { allowing, isStop, RefusedError, stopIfAsked, stopOf, tryOut } from './journal.ts'

/**
 * Undoes what can be undone, newest first. Answers the ending when that did not work: `parked` when the gates would not
 * let it (nobody undoes blindly), `stuck` when an undo failed.
 */
export async function undoLanded(x: RunContext, newestFirst: readonly LandedStep[]): Promise<Ending | undefined> {
  for (const { step, action } of newestFirst) {
    if (action.reversibility !== 'reversible') continue
    const was = x.journal.state().undos.get(step.name)
    if (was?.status === 'finished') continue
    try {
      const trouble = was?.status === 'failed' ? was.failure.message : await undoOne(x, step, action)
      if (trouble !== undefined) return { outcome: 'stuck', reason: `undo of ${step.name} failed: ${trouble}` }
    } catch (thrown) {
      if (!(thrown instanceof RefusedError)) throw thrown
      await x.journal.append({ kind: 'refused', step: `${step.name}/undo`, verdict: thrown.verdict })
      return { outcome: 'parked', reason: `not undone, ${thrown.message}` }
    }
  }
  return undefined
}

type Undoable = Extract<AnyAction, { reversibility: 'reversible' }>

/**
 * Restores the snapshot and proves it by a second capture; answers what went wrong, if something did. Every try is asked
 * for and recorded; throws RefusedError when the gates say no.
 */
async function undoOne(x: RunContext, step: PlanStep, action: Undoable): Promise<string | undefined> {
  const { journal } = x
  const before = snapshotOf(x, step)
  const look = { params: step.params, tools: x.tools(step.target) }
  const start = (): Promise<void> => startUndo(x, step)
  await start()
  try {
    await tryOut(
      async (abort) => {
        await action.rollback({ ...look, before, key: `${x.run}/${step.name}/undo`, abort })
        const after = await action.capture({ ...look, abort })
        if (!action.same(before, after)) throw new Error('a second capture is not the same as the first')
      },
      { timeoutMs: action.limits.stepTimeoutMs, tries: 3, again: start },
      x,
    )
  } catch (thrown) {
    if (isStop(thrown)) throw thrown
    const message = messageOf(thrown)
    await journal.append({ kind: 'undo-failed', step: step.name, failure: { message } })
    return message
  }
  const settle = { do: 'settle', by: x.run, id: `${x.run}/${step.name}` } as const
  await journal.append({ kind: 'undo-finished', step: step.name }, { writes: [settle] })
  return undefined
}

/** Announces the undo under a verdict of this moment; while the record cannot be written, it waits and asks again. */
async function startUndo(x: RunContext, step: PlanStep): Promise<void> {
  for (;;) {
    const verdict = allowing(await askWithPatience(x, step, 'undo'))
    stopIfAsked(x)
    try {
      return await x.journal.append({ kind: 'undo-started', step: step.name, verdict })
    } catch (thrown) {
      if (!(thrown instanceof RecordUnwritableError)) throw thrown
      await x.clock.sleep(x.pollMs, stopOf(x))
    }
  }
}

function snapshotOf(x: RunContext, step: PlanStep): Json {
  const capture = x.journal.state().steps.get(`${step.name}/capture`)
  if (capture?.status !== 'succeeded') throw new Error(`no snapshot of ${step.name} in the log`)
  return capture.result
}
