import { messageOf, RetryableError } from '../domain/errors.ts'
import type { Plan, PlanStep } from '../domain/plan.ts'
import type { AnyAction } from '../domain/ports.ts'
import type { StepPreview } from '../domain/proposal.ts'
import { isSealed, sealedText } from '../domain/sealed.ts'
import { excerpt } from '../lib/excerpt.ts'
import { canonical, type Json } from '../lib/json.ts'
import { isTelling } from '../lib/redact.ts'
import { isStop, tryOut } from '../saga/journal.ts'
import type { Engine } from './engine.ts'

/**
 * What each step would find now: reads only. Throws RetryableError, with the step's name, when one cannot be looked at.
 */
export async function previewOf(engine: Engine, { steps }: Plan): Promise<readonly StepPreview[]> {
  const previews: StepPreview[] = []
  for (const step of steps) {
    try {
      previews.push({ step: step.name, before: await captureOf(engine, step) })
    } catch (thrown) {
      if (isStop(thrown)) throw thrown
      throw new RetryableError(`cannot look at what '${step.name}' would change: ${messageOf(thrown)}`, {
        cause: thrown,
      })
    }
  }
  return previews
}

async function captureOf({ ports, freeze, halt }: Engine, { action: name, target, params }: PlanStep): Promise<Json> {
  const action = actionNamed(ports.actions, name)
  const rule = { timeoutMs: action.limits.stepTimeoutMs, tries: 1 }
  const signals = { clock: ports.clock, freeze: freeze.signal, halt: halt.signal }
  return tryOut((abort) => action.capture({ params, tools: ports.tools(target), abort }), rule, signals)
}

/** What has changed since a person was shown it, in words; empty where all is as it was. */
export function changesSince(
  { ports }: Engine,
  plan: Plan,
  shown: readonly StepPreview[],
  now: readonly StepPreview[],
): readonly string[] {
  return plan.steps.flatMap(({ name, action, target }) => {
    const before = shown.find(({ step }) => step === name)?.before ?? null
    const after = now.find(({ step }) => step === name)?.before ?? null
    if (isSealed(before)) return [`what was shown of ${target} is ${sealedText(before)}, which is not at hand`]
    const { same } = actionNamed(ports.actions, action)
    const isSame = same ? same(before, after) : canonical(before) === canonical(after)
    return isSame ? [] : [`${target} is no longer as it was: ${differenceText(before, after)}`]
  })
}

/** Only what differs: `replicas was 3 and is 4`. */
function differenceText(before: Json, after: Json, name = 'it'): string {
  if (isTelling(name)) return `${name} is another`
  if (!isObject(before) || !isObject(after)) return `${name} was ${textOf(before)} and is ${textOf(after)}`
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys
    .filter((key) => canonical(before[key] ?? null) !== canonical(after[key] ?? null))
    .map((key) => differenceText(before[key] ?? null, after[key] ?? null, key))
    .join(', ')
}

function isObject(value: Json): value is { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const textOf = (value: Json): string => excerpt(typeof value === 'string' ? value : canonical(value))

export function actionNamed(actions: readonly AnyAction[], name: string): AnyAction {
  const action = actions.find((one) => one.name === name)
  if (!action) throw new Error(`no action is called '${name}'`)
  return action
}
