import { expect, test } from 'vitest'
import { Manifest } from '../../src/connectors/process/shim/schema.ts'
import type { BalancerOptions } from './balancer/options.ts'
import { layout, manifestOf, portsOf } from './layout.ts'

const BASE = 20_000
const manifests = layout(BASE).map((place) => manifestOf(place, BASE, '/tmp/shop'))

test('no two listen on one port, and all lie in the block', () => {
  const ports = portsOf(BASE).map(({ port }) => port)
  expect(new Set(ports).size).toBe(ports.length)
  expect(Math.max(...ports)).toBeLessThan(BASE + 50)
})

test('every manifest is one that a shim takes, and only api can be scaled, set, cleaned, warmed and reset', () => {
  for (const manifest of manifests) expect(Manifest.parse(manifest)).toMatchObject({ instance: manifest.instance })
  expect(manifests.filter(({ standby }) => standby).map(({ instance }) => instance)).toEqual(['api-3', 'api-4'])
  const offering = manifests.filter(({ admin, configuration, disk }) => admin && configuration && disk)
  expect([...new Set(offering.map(({ service }) => service))]).toEqual(['api'])
})

test('behind each pool stand all instances of its service, under their own addresses', () => {
  const gateway = manifests.find(({ service }) => service === 'gateway')
  const { pools } = JSON.parse(gateway?.command.at(-1) ?? '{}') as BalancerOptions
  for (const [pool, { backends }] of Object.entries(pools)) {
    const behind = manifests.filter(({ service }) => service === pool)
    expect(backends).toEqual(
      behind.map(({ instance, address, standby }) => ({ name: instance, address, ...(standby && { standby }) })),
    )
  }
  expect(Object.keys(pools)).toEqual(['web', 'api', 'db'])
})
