import type { SignalState } from './plan.ts'
import type { ResourceRef } from './resource.ts'

/** A group of targets at one moment, by value: how many there are, how many of them are well, and what each signal said. */
export type Group = { readonly of: number; readonly well: number; readonly signals: readonly SignalState[] }

/**
 * What treating some of the sick has come to, against those that were sick as well and left alone:
 *
 * - `better`: the treated are well, and the others are not: the next wave may come.
 * - `alone`: the treated are well, and so are the others, whom nobody treated.
 * - `harm`: the treated are worse off than the others, or a guard got worse.
 * - `no-effect`: the treated are as sick as the others.
 * - `blind`: nobody can see enough to say.
 */
export type Comparison = {
  readonly verdict: 'better' | 'alone' | 'harm' | 'no-effect' | 'blind'
  readonly treated: Group
  readonly controls: Group
  readonly guards: readonly SignalState[]
  /** How likely it is that so many more of the treated are well by chance alone, from 0 to 1 (Fisher's exact test). */
  readonly chance: number
  /** Sick when the plan was made, untreated, and well now: later waves leave them alone. */
  readonly recovered: readonly ResourceRef[]
  readonly reasons: readonly string[]
}

/** The numbers in one line: `1 of 1 treated and 0 of 7 untouched are well (by chance alone: 0.125)`. */
export function comparisonText({ treated, controls, chance }: Comparison): string {
  const sides = `${treated.well} of ${treated.of} treated and ${controls.well} of ${controls.of} untouched are well`
  return `${sides} (by chance alone: ${Number(chance.toPrecision(2))})`
}
