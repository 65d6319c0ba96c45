import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AimRule, AlertTarget } from '../domain/alert.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Labels } from '../domain/signal.ts'
import { topologyOf } from '../domain/topology.ts'
import { aimOf } from './aim.ts'

const NODE = { dependsOn: [], sharedFate: [], durable: false }
const POD: ResourceRef = 'k8s:shop/pod/web-7d4f-x2x'
const DEPLOYMENT: ResourceRef = 'k8s:shop/deployment/web'
const SERVICE: ResourceRef = 'k8s:shop/service/web'
const SYSTEM: ResourceRef = 'k8s:kube-system/pod/coredns-1'
const EXPORTER: ResourceRef = 'k8s:monitoring/pod/kube-state-metrics-0'
const LOOSE: ResourceRef = 'k8s:shop/pod/loose'
/** One whose owner lies in another namespace, as no connector should say, and the other way round. */
const STRAY: ResourceRef = 'k8s:shop/pod/stray'
const ODD: ResourceRef = 'k8s:kube-system/pod/odd'
const DNS: ResourceRef = 'k8s:kube-system/deployment/dns'
const TOPOLOGY = topologyOf([
  { ...NODE, ref: DNS, durable: true },
  { ...NODE, ref: STRAY, partOf: DNS },
  { ...NODE, ref: ODD, partOf: DEPLOYMENT },
  { ...NODE, ref: SERVICE, durable: true },
  { ...NODE, ref: DEPLOYMENT, durable: true, partOf: SERVICE },
  { ...NODE, ref: POD, partOf: DEPLOYMENT },
  { ...NODE, ref: SYSTEM },
  { ...NODE, ref: EXPORTER },
  { ...NODE, ref: LOOSE },
])

const TRUST = ['exported_namespace', 'namespace']
const rule = (match: Readonly<Record<string, string>>, target: string, more: Partial<AimRule> = {}): AimRule => ({
  match: Object.entries(match).map(([label, value]) => ({ label, op: '=~', value })),
  target,
  trustLabels: TRUST,
  ...more,
})
const EXPORTED = rule({ alertname: 'KubePod.*', exported_pod: '.+' }, 'k8s:{exported_namespace}/pod/{exported_pod}')
const PLAIN = rule({ pod: '.+' }, 'k8s:{namespace}/pod/{pod}')
const RULES = [EXPORTED, PLAIN, rule({ deployment: '.+' }, 'k8s:{namespace}/deployment/{deployment}')]

const aimed = (labels: Labels, rules: readonly AimRule[] = RULES): AlertTarget => aimOf(rules, TOPOLOGY)({ labels })
const targetOf = (...args: Parameters<typeof aimed>): string => {
  const aim = aimed(...args)
  return aim.kind === 'mapped' ? aim.target : aim.reason
}

describe('an alert is aimed', () => {
  test('by the first rule whose tests all pass', () => {
    expect(aimed({ namespace: 'shop', pod: 'web-7d4f-x2x' })).toEqual({ kind: 'mapped', target: POD, rule: 1 })
    expect(aimed({ namespace: 'shop', deployment: 'web' })).toEqual({ kind: 'mapped', target: DEPLOYMENT, rule: 2 })
    const both = { namespace: 'shop', pod: 'web-7d4f-x2x', deployment: 'web' }
    expect(aimed(both)).toMatchObject({ target: POD })
    // A rule that matches and cannot name a target decides, too.
    expect(targetOf({ ...both, pod: 'gone' })).toBe('alertTargets[1]: k8s:shop/pod/gone is not known')
  })

  test('at nothing where no rule matches, and where there is none', () => {
    expect(targetOf({ namespace: 'shop' })).toBe('no rule of alertTargets matches it')
    expect(targetOf({ pod: 'a' }, [])).toBe('there are no alertTargets: nothing says which target it is about')
  })

  test('with patterns that stand for the whole value', () => {
    const rules = [rule({ alertname: 'Kube' }, POD)]
    expect(aimed({ alertname: 'KubePodDown' }, rules).kind).toBe('unmapped')
    expect(aimed({ alertname: 'Kube' }, rules).kind).toBe('mapped')
  })

  test('at the owner that stays, where the rule lifts it', () => {
    const labels = { namespace: 'shop', pod: 'web-7d4f-x2x' }
    expect(targetOf(labels, [{ ...PLAIN, lift: 'workload' }])).toBe(DEPLOYMENT)
    expect(targetOf(labels, [{ ...PLAIN, lift: 'service' }])).toBe(SERVICE)
    const loose = { namespace: 'shop', pod: 'loose' }
    expect(targetOf(loose, [{ ...PLAIN, lift: 'workload' }])).toBe(`alertTargets[0]: ${LOOSE} has no durable owner`)
    expect(targetOf(loose, [{ ...PLAIN, lift: 'service' }])).toBe(`alertTargets[0]: ${LOOSE} is part of no service`)
  })

  test('at what it was about before, once that is gone: its end must not pass for health', () => {
    const lifted = { ...PLAIN, lift: 'workload' as const }
    const before = { kind: 'mapped' as const, target: DEPLOYMENT, rule: 0 }
    const gone = { namespace: 'shop', pod: 'gone' }
    expect(aimOf([lifted], TOPOLOGY)({ labels: gone }, before)).toBe(before)
    expect(aimOf([EXPORTED, lifted], TOPOLOGY)({ labels: gone }, before).kind).toBe('unmapped')
    expect(aimOf([lifted], TOPOLOGY)({ labels: { ...gone, pod: '../x' } }, before).kind).toBe('unmapped')
  })
})

describe('a hostile alert', () => {
  const refusal = (labels: Labels): string => {
    const aim = aimed(labels)
    return aim.kind === 'unmapped' ? aim.reason : `mapped to ${aim.target}`
  }

  test.each([
    ['quotes', 'web"7d4f'],
    ['braces', '{exported_pod}'],
    ['a pattern', '.*'],
    ['another pattern', '*'],
    ['a path', '../../kube-system/pod/coredns-1'],
    ['a slash', 'web/7d4f'],
    ['a colon', 'edge:x'],
    ['a line break', 'web-7d4f-x2x\n'],
    ['an escape', 'web%2F7d4f'],
    ['a space', 'web 7d4f'],
    ['another alphabet', 'wеb-7d4f-x2x'],
    ['a replacement mark', '$&'],
    ['something long', 'a'.repeat(254)],
  ])('with %s in a label is refused, and says so', (_, pod) => {
    expect(refusal({ namespace: 'shop', pod })).toMatch(/^alertTargets\[1\]: its label 'pod' is no plain name: "/)
    expect(refusal({ namespace: pod, pod: 'coredns-1' })).toMatch(/its label 'namespace' is no plain name/)
  })

  test('with a value of a megabyte matches nothing, at once, and is quoted short where it is named', () => {
    const huge = 'a'.repeat(1_000_000)
    const began = performance.now()
    expect(refusal({ namespace: 'shop', pod: huge })).toBe('no rule of alertTargets matches it')
    const aim = aimed({ alertname: 'X', pod: huge }, [rule({ alertname: 'X' }, 'k8s:shop/pod/{pod}')])
    expect(aim.kind === 'unmapped' && aim.reason.length).toBeLessThan(200)
    expect(performance.now() - began).toBeLessThan(100)
  })

  test('that names the exporter for the thing it tells about is refused', () => {
    const labels = { namespace: 'monitoring', pod: 'kube-state-metrics-0' }
    expect(aimed({ ...labels })).toMatchObject({ target: EXPORTER })
    const real = { ...labels, exported_namespace: 'shop', exported_pod: 'web-7d4f-x2x' }
    expect(aimed({ ...real, alertname: 'KubePodCrashLooping' })).toMatchObject({ target: POD, rule: 0 })
    expect(refusal({ ...real, alertname: 'Other' })).toBe(
      "alertTargets[1]: its label 'namespace' is the exporter's own: the thing it tells about is in 'exported_namespace'",
    )
    expect(refusal({ namespace: 'shop', pod: 'web-7d4f-x2x', exported_pod: 'x' })).toContain(
      "its label 'pod' is the exp",
    )
  })

  test('aims at nothing outside of the namespace that it speaks for', () => {
    const fixed = [rule({ alertname: 'DnsDown' }, SYSTEM)]
    expect(aimed({ alertname: 'DnsDown' }, fixed)).toMatchObject({ target: SYSTEM })
    expect(aimed({ alertname: 'DnsDown', namespace: 'kube-system' }, fixed)).toMatchObject({ target: SYSTEM })
    expect(targetOf({ alertname: 'DnsDown', namespace: 'dev' }, fixed)).toBe(
      `alertTargets[0]: ${SYSTEM} is outside of the namespace that it speaks for, namespace="dev"`,
    )
  })

  test.each([
    [STRAY, DNS],
    [ODD, ODD],
  ])('is not lifted out of its namespace, nor into it, from %s', (target, outside) => {
    const lifting = [rule({ alertname: 'A' }, target, { lift: 'workload' })]
    const reason = `alertTargets[0]: ${outside} is outside of the namespace that it speaks for, namespace="shop"`
    expect(targetOf({ alertname: 'A', namespace: 'shop' }, lifting)).toBe(reason)
  })

  test('cannot name another namespace than the one label that is trusted', () => {
    const enforced = [{ ...PLAIN, trustLabels: ['namespace'] }]
    const labels = { namespace: 'dev', exported_namespace: 'kube-system', pod: 'coredns-1' }
    expect(aimed(labels, enforced).kind).toBe('unmapped')
    expect(targetOf({ ...labels, namespace: 'kube-system', exported_namespace: '' }, enforced)).toBe(SYSTEM)
  })

  test('whatever it holds, is refused or aimed at what is there, inside the namespace it names', () => {
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('shop', 'kube-system', 'web-7d4f-x2x', 'coredns-1', '.*', '{pod}'),
    )
    const labels = fc.dictionary(fc.constantFrom('namespace', 'pod', 'exported_pod', 'exported_namespace'), value)
    fc.assert(
      fc.property(labels, (given) => {
        const aim = aimed(given)
        if (aim.kind === 'unmapped') return
        expect(TOPOLOGY.has(aim.target)).toBe(true)
        expect(aim.target.split(/[:/]/)[1]).toBe(given['exported_namespace'] || given['namespace'])
      }),
    )
  })

  test('costs little: 1000 of the worst are aimed within a second', () => {
    const worst = rule({ pod: '.*a.*b' }, 'k8s:{namespace}/pod/{pod}')
    const aim = aimOf([worst, ...RULES], TOPOLOGY)
    const began = performance.now()
    for (let i = 0; i < 1000; i++) aim({ labels: { namespace: 'shop', pod: `${'a'.repeat(250)}${i}` } })
    expect(performance.now() - began).toBeLessThan(1000)
  })
})
