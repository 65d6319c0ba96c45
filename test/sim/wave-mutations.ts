import type { EntryBody } from '../../src/domain/entry.ts'

type Broken = { readonly name: string; change(body: EntryBody): void }

/** What is recorded of waves is what is done by them: each part of it, made harmless. */
export const WAVES_BROKEN: readonly Broken[] = [
  {
    name: 'a plan for many has none',
    change: (body) => {
      if (body.kind === 'run-started') Object.assign(body.plan, { canary: undefined })
    },
  },
  {
    name: 'all are in the first',
    change: (body) => {
      if (body.kind !== 'run-started' || !body.plan.canary) return
      const steps = body.plan.steps.map(({ name }) => name)
      const [first, ...rest] = body.plan.canary.waves
      Object.assign(body.plan.canary, { waves: [{ ...first, steps }, ...rest.map((wave) => ({ ...wave, steps: [] }))] })
    },
  },
  ...(['better', 'alone'] as const).map((verdict): Broken => ({
    name: `every comparison says ${verdict}`,
    change: (body) => {
      if (body.kind === 'compared') Object.assign(body.comparison, { verdict })
    },
  })),
  {
    name: 'all untouched are taken to have recovered',
    change: (body) => {
      if (body.kind !== 'compared') return
      const recovered = body.comparison.controls.signals.map(({ target }) => target)
      Object.assign(body.comparison, { recovered })
    },
  },
  ...(['fixed-by-us', 'recovered-alone'] as const).map((credit): Broken => ({
    name: `what ended well is always credited as ${credit}`,
    change: (body) => {
      if (body.kind === 'run-ended' && body.credited) Object.assign(body.credited, { credit })
    },
  })),
]
