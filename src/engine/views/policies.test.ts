import { expect, test } from 'vitest'
import { API, at, POLICY, TOPOLOGY, WEB, WEB_1, WEB_2, WEB_3 } from '../../../test/gate-world.ts'
import type { FreezeWindow } from '../../domain/freeze-window.ts'
import type { PolicyView } from '../../domain/view.ts'
import { policyViews, type PolicyWorld } from './policies.ts'

const seen = (world: Partial<PolicyWorld> = {}): PolicyView =>
  policyViews({
    mode: 'live',
    paused: false,
    policies: [POLICY],
    aliases: new Map(),
    topology: TOPOLOGY,
    never: [],
    frozen: [],
    latches: [],
    now: 0,
    lastingOf: (remedy) => (remedy.startsWith('restart') ? ['restart-instance'] : []),
    ...world,
  })[0]!

test('a policy that acts by itself says what it covers, and that nothing stands in its way', () => {
  expect(seen()).toMatchObject({ autonomy: 'auto', covers: [WEB_1, WEB_2, WEB_3], limits: [] })
})

test('its condition is shown down to metrics, and as it stands where an alias leads nowhere', () => {
  const policies = [{ ...POLICY, condition: 'busy > 80 for 3 samples' }]
  const aliases = new Map([['busy', '100 * load']])
  expect(seen({ policies, aliases }).condition).toBe('100 * load > 80 for 3 samples')
  const circular = new Map([['busy', 'busy + 1']])
  expect(seen({ policies, aliases: circular }).condition).toBe('busy > 80 for 3 samples')
})

const open = (change: Partial<FreezeWindow>): PolicyWorld['frozen'] => {
  const span = { since: 0, until: Date.UTC(2026, 0) }
  return [{ ...span, name: 'feast', reason: 'sale', allow: [], ...change }]
}

test('a freeze window for others, or that lets the policy act, is not in its way', () => {
  expect(seen({ frozen: open({ targets: [API] }) }).limits).toEqual([])
  expect(seen({ frozen: open({ allow: [POLICY.name] }) }).limits).toEqual([])
})

test.each<[string, Partial<PolicyWorld>]>([
  ['mode: shadow, so that nothing is written', { mode: 'shadow' }],
  ['paused', { paused: true }],
  ['freeze window feast until 2026-01-01T00:00:00.000Z', { frozen: open({ targets: [WEB] }) }],
  ['autonomy: suggest', { policies: [{ ...POLICY, autonomy: 'suggest' }] }],
  ['nothing that is known now is called lab:shop/pod/*', { policies: [{ ...POLICY, target: 'lab:shop/pod/*' }] }],
  ['its ladder names nothing but a person', { policies: [{ ...POLICY, ladder: ['page'] }] }],
  [
    'restart-instance cannot be undone: it needs allowIrreversible: [restart-instance]',
    { policies: [{ ...POLICY, ladder: ['restart-instance'], allowIrreversible: [] }] },
  ],
  ['2 of 3 targets are on the never list', { never: [WEB_1, WEB_2] }],
  ['3 of 3 targets are on the never list', { never: [WEB] }],
  [
    `${WEB} is latched, recurring: kintsugi release ${WEB}`,
    { latches: [{ owner: WEB, since: at(0), reason: 'recurring' }] },
  ],
])('it says: %s', (words, world) => {
  expect(seen(world).limits).toEqual([words])
})
