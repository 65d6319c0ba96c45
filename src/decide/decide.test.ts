import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attempt, cause, chosen, finding, planOf, type Change } from '../../test/decide-world.ts'
import { API, POLICY, SHOP, WEB, WEB_1, WEB_2, WEB_3 } from '../../test/gate-world.ts'
import type { Attempt } from '../domain/incident.ts'
import type { Outcome } from '../domain/run.ts'

describe('the ladder', () => {
  test('begins with the lightest remedy that applies, and says why not the others', () => {
    const { remedy, target, rejected } = planOf()
    expect([remedy, target]).toEqual(['restart-instance', WEB_1])
    expect(rejected).toEqual([
      { remedy: 'restart-service', reason: 'heavier than restart-instance' },
      { remedy: 'page', reason: 'heavier than restart-instance' },
    ])
  })

  test('goes on with the next after one that was tried, with the plan before it as parent', () => {
    const plan = planOf({ attempts: [attempt('restart-instance', WEB_1, 'spent')] })
    expect(plan).toMatchObject({ remedy: 'restart-service', parent: 'plan-restart-instance', generation: 2 })
    expect(plan.rejected[0]).toEqual({ remedy: 'restart-instance', reason: 'tried in run-restart-instance: spent' })
  })

  test('does not count what was tried on another target, or never applied', () => {
    const attempts = [attempt('restart-instance', WEB_2, 'spent'), attempt('restart-instance', WEB_1, 'abandoned')]
    expect(planOf({ attempts }).remedy).toBe('restart-instance')
  })

  test('gives up what could not be applied twice', () => {
    const attempts = [attempt('restart-instance', WEB_1, 'abandoned'), attempt('restart-instance', WEB_1, 'abandoned')]
    const { remedy, rejected } = planOf({ attempts })
    expect(remedy).toBe('restart-service')
    expect(rejected[0]?.reason).toContain('could not be applied 2 times')
  })

  test('ends at a person, who is told what was tried', () => {
    const attempts = [attempt('restart-instance', WEB_1, 'spent'), attempt('restart-service', WEB, 'rolled-back')]
    expect(chosen({ attempts })).toEqual({
      kind: 'page',
      reason:
        `the ladder of 'web-answers' for ${WEB_1} has come to a person: restart-instance: tried in run-restart-instance: spent; ` +
        'restart-service: tried in run-restart-service: rolled-back',
    })
  })

  test('without a person at its end still ends at one', () => {
    const policies = [{ ...POLICY, ladder: ['juggle'] }]
    expect(chosen({ policies })).toEqual({
      kind: 'page',
      reason: `nothing is left on the ladder of 'web-answers' for ${WEB_1}: juggle: there is no such remedy`,
    })
    expect(chosen({ policies: [{ ...POLICY, ladder: [] }] })).toMatchObject({ kind: 'page' })
  })
})

const unusual = finding(WEB_1, { policy: 'unusual', lead: 'unusual', fingerprint: 'u' })
const blind = finding(WEB_1, { state: 'blind', summary: 'no eyes' })

describe('no plan', () => {
  test.each<[string, Change, string]>([
    ['where only a detector says so', { findings: [unusual] }, 'only a detector says so; a rule, an objective, a user'],
    ['where nobody sees what a detector says', { findings: [unusual, blind] }, 'blind: no eyes'],
    ['without a cause', { hypotheses: [] }, 'no engine names a cause likely enough'],
    ['on a guess', { hypotheses: [{ ...cause(WEB_1), confidence: 0.1 }] }, 'no engine names a cause likely enough'],
    ['while everything is unseen', { hypotheses: [], findings: [finding(WEB_1, { state: 'blind' })] }, 'blind: '],
    ['where the cause has no finding', { hypotheses: [cause(WEB_2)] }, `no policy covers ${WEB_2}`],
    ['where the finding is only blind', { findings: [finding(WEB_1, { state: 'blind' })] }, 'no policy covers'],
    ['where the policy is gone', { policies: [] }, 'no policy covers'],
  ])('%s', (_what, change, reason) => {
    const choice = chosen(change)
    expect(choice).toMatchObject({ kind: 'none' })
    expect(choice.kind === 'none' && choice.reason).toContain(reason)
  })
})

describe('the plan names everything', () => {
  test('its owner, lineage, steps and what cannot be undone', () => {
    expect(planOf()).toMatchObject({
      owner: WEB,
      within: [WEB, SHOP],
      steps: [{ action: 'restart-instance', target: WEB_1, params: { target: WEB_1 }, reversibility: 'irreversible' }],
      cannotUndo: [expect.stringContaining(WEB_1)],
      cooldownMs: POLICY.cooldownMs,
    })
  })

  test('what must be well again: all that its policy expects of the service, and of what else was found', () => {
    const { expectations } = planOf({ findings: [finding(WEB_1), finding(WEB_3)] }).verify
    expect(expectations.map(({ target }) => target)).toEqual([WEB_1, WEB_2, WEB_3])
  })

  test('each instance of a service once, the sick one first', () => {
    const { steps } = planOf({
      attempts: [attempt('restart-instance', WEB_2, 'spent')],
      findings: [finding(WEB_2)],
      hypotheses: [cause(WEB_2)],
    })
    expect(steps.map(({ target }) => target)).toEqual([WEB_2, WEB_1, WEB_3])
    expect(new Set(steps.map(({ name }) => name)).size).toBe(3)
  })
})

describe('as laws', () => {
  const ladder = fc.uniqueArray(fc.constantFrom('restart-instance', 'restart-service', 'page', 'warm-cache'))
  const outcome = fc.constantFrom<Outcome>('healed', 'helped', 'rolled-back', 'spent', 'parked', 'stuck', 'abandoned')
  const tried = fc.array(
    fc
      .record({ remedy: fc.constantFrom('restart-instance', 'restart-service'), outcome })
      .map((one) => attempt(one.remedy, one.remedy === 'restart-service' ? WEB : WEB_1, one.outcome)),
    { maxLength: 4 },
  )

  /** Outcomes that say nothing against the remedy: it did not run, was stopped by a person, or helped and is needed again. */
  const AGAIN: readonly unknown[] = [undefined, 'abandoned', 'parked', 'healed']

  test('one rung at a time, never one that was tried in vain, and every other candidate is named with a reason', () => {
    fc.assert(
      fc.property(ladder, tried, (rungs, attempts) => {
        const choice = chosen({ attempts, policies: [{ ...POLICY, ladder: rungs }] })
        expect(choice.kind).not.toBe('none')
        if (choice.kind !== 'plan') return
        const { remedy, target, rejected, generation } = choice.plan
        expect(
          attempts.some((one) => one.remedy === remedy && one.target === target && !AGAIN.includes(one.outcome)),
        ).toBe(false)
        expect([remedy, ...rejected.map((one) => one.remedy)].toSorted()).toEqual(rungs.toSorted())
        expect(rejected.every(({ reason }) => reason !== '')).toBe(true)
        expect(generation).toBe(attempts.length + 1)
      }),
    )
  })

  test('a ladder that is climbed rung by rung comes to a person', () => {
    fc.assert(
      fc.property(ladder, (rungs) => {
        const attempts: Attempt[] = []
        for (let turn = 0; turn <= rungs.length; turn += 1) {
          const choice = chosen({ attempts, policies: [{ ...POLICY, ladder: rungs }] })
          if (choice.kind === 'page') return
          if (choice.kind === 'plan') attempts.push(attempt(choice.plan.remedy, choice.plan.target, 'spent'))
        }
        throw new Error('the ladder has no end')
      }),
    )
  })

  test('nothing it names lies outside the lineage of the cause', () => {
    fc.assert(
      fc.property(tried, (attempts) => {
        const choice = chosen({ attempts })
        if (choice.kind !== 'plan') return
        const { target, steps } = choice.plan
        for (const ref of [target, ...steps.map((step) => step.target)]) {
          expect([WEB, WEB_1, WEB_2, WEB_3]).toContain(ref)
          expect(ref).not.toBe(API)
        }
      }),
    )
  })
})
