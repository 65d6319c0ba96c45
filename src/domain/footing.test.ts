import { describe, expect, test } from 'vitest'
import { footingOf, isSamePlace, type Seen, type Standing } from './footing.ts'
import type { ResourceRef } from './resource.ts'
import { topologyOf, type TopologyNode } from './topology.ts'

const HOST: ResourceRef = 'lab:ops/host/box-1'
const DISK: ResourceRef = 'lab:ops/disk/vda1'
const OTHER_DISK: ResourceRef = 'lab:far/disk/vda1'
const OPS: ResourceRef = 'lab:ops/namespace/ops'
const SELF: ResourceRef = 'lab:ops/instance/kintsugi-1'
const TWIN: ResourceRef = 'lab:ops/instance/kintsugi-2'
const SERVICE: ResourceRef = 'lab:ops/service/kintsugi'
const DNS: ResourceRef = 'lab:ops/service/dns'
const DNS_1: ResourceRef = 'lab:ops/instance/dns-1'
const PROM: ResourceRef = 'lab:mon/service/prom'
const PROM_1: ResourceRef = 'lab:mon/instance/prom-1'
const PROM_2: ResourceRef = 'lab:mon/instance/prom-2'
const WEB: ResourceRef = 'lab:shop/instance/web-1'

const node = (ref: ResourceRef, more: Partial<TopologyNode> = {}): TopologyNode => ({
  ref,
  dependsOn: [],
  durable: true,
  sharedFate: [],
  ...more,
})

const topology = topologyOf([
  node(HOST),
  node(DISK, { partOf: HOST }),
  node(OTHER_DISK, { sharedFate: ['host/far-1'] }),
  node(OPS),
  node(SERVICE, { partOf: OPS, dependsOn: [DNS] }),
  node(SELF, { partOf: SERVICE }),
  node(TWIN, { partOf: SERVICE }),
  node(DNS, { partOf: OPS }),
  node(DNS_1, { partOf: DNS }),
  node(PROM),
  node(PROM_1, { partOf: PROM }),
  node(PROM_2, { partOf: PROM }),
  node(WEB, { partOf: HOST, sharedFate: ['host/box-1'] }),
])
const SEEN: Seen = {
  topology,
  addresses: new Map([
    [SELF, '10.0.0.5:8420'],
    [PROM_1, '10.0.0.5:9090'],
    [PROM_2, '10.0.0.6:9090'],
    [WEB, '127.0.0.1:8080'],
  ]),
  identities: new Map([
    [SELF, 'boot/10/100'],
    [WEB, 'boot/11/101'],
  ]),
}
const NOWHERE: Standing = {
  hostnames: [],
  addresses: [],
  listens: '127.0.0.1:0',
  identities: [],
  disks: [],
  sources: [],
  standsOn: [],
}
const targets = (standing: Partial<Standing>, seen = SEEN): readonly ResourceRef[] =>
  footingOf({ ...NOWHERE, ...standing }, seen)
    .map(({ target }) => target)
    .toSorted()

describe('a Kintsugi stands on', () => {
  test('nothing that is not known', () => {
    expect(targets({})).toEqual([])
  })

  test('its own process, by the identity of it or of a parent, with its owners and what they depend on', () => {
    expect(targets({ identities: ['boot/12/1', 'boot/10/100'] })).toEqual([DNS_1, SELF, OPS, DNS, SERVICE].toSorted())
  })

  test('its own address, also where it listens on every one', () => {
    expect(targets({ listens: '0.0.0.0:8420', addresses: ['10.0.0.5'] })).toContain(SELF)
    expect(targets({ listens: '0.0.0.0:8420', addresses: ['10.0.0.7'] })).toEqual([])
    expect(targets({ listens: '0.0.0.0:8421', addresses: ['10.0.0.5'] })).toEqual([])
  })

  test('its machine, and nothing that only runs there', () => {
    expect(targets({ hostnames: ['box-1'] })).toEqual([HOST])
    expect(targets({ hostnames: ['box-2'] })).toEqual([])
  })

  test('its machine by an address of it', () => {
    const addresses = new Map([[HOST, '10.0.0.9:22'] as const])
    expect(targets({ addresses: ['10.0.0.9'] }, { ...SEEN, addresses })).toEqual([HOST])
  })

  test('the disk of its record, where it is known to be of this machine', () => {
    expect(targets({ hostnames: ['box-1'], disks: ['vda1'] })).toEqual([DISK, HOST].toSorted())
    expect(targets({ hostnames: ['far-1'], disks: ['vda1'] })).toEqual([OTHER_DISK])
  })

  test('what its own process shares its fate with', () => {
    const nodes = [...topology.values()].map((one) => (one.ref === SELF ? { ...one, sharedFate: ['disk/vda1'] } : one))
    const found = targets({ identities: ['boot/10/100'] }, { ...SEEN, topology: topologyOf(nodes) })
    expect(found).toContain(DISK)
  })

  test('the instance that it reads, and its service as a whole; another instance of it may be mended', () => {
    const sources = [{ name: 'the Prometheus', url: 'http://10.0.0.5:9090/' }]
    expect(targets({ sources })).toEqual([PROM_1, PROM].toSorted())
    expect(targets({ sources: [{ name: 'the Prometheus', url: 'http://localhost:9090' }] })).toEqual([])
    expect(
      targets({ sources: [{ name: 'the Prometheus', url: 'http://localhost:9090' }], addresses: ['10.0.0.5'] }),
    ).toEqual([PROM_1, PROM].toSorted())
  })

  test('what is declared, with its parts', () => {
    expect(targets({ standsOn: ['lab:mon/service/*'] })).toEqual([PROM, PROM_1, PROM_2].toSorted())
    expect(targets({ standsOn: [WEB] })).toEqual([WEB, HOST].toSorted())
  })

  test('a circle of dependencies once', () => {
    const circle = topologyOf([node(SERVICE, { dependsOn: [DNS] }), node(DNS, { dependsOn: [SERVICE] })])
    expect(targets({ standsOn: [DNS] }, { ...SEEN, topology: circle })).toEqual([DNS, SERVICE].toSorted())
  })

  test('what was first found as an owner and is depended upon, with its parts all the same', () => {
    const both = topologyOf([
      node(SERVICE),
      node(SELF, { partOf: SERVICE, dependsOn: [SERVICE] }),
      node(TWIN, { partOf: SERVICE }),
    ])
    expect(targets({ standsOn: [SELF] }, { ...SEEN, topology: both })).toEqual([SELF, TWIN, SERVICE].toSorted())
  })
})

test('says of each why', () => {
  expect(footingOf({ ...NOWHERE, standsOn: [PROM_1] }, SEEN)).toEqual([
    { target: PROM_1, what: 'declared under standsOn' },
    { target: PROM, what: `it holds ${PROM_1}` },
  ])
})

test.each([
  ['http://a:9090/x', 'https://a:9090', true],
  ['http://a', 'http://a:80', true],
  ['https://a', 'http://a', false],
  ['http://localhost:1', 'http://127.0.0.1:1', true],
  ['http://[::1]:1', 'http://127.0.0.1:1', true],
  ['http://a:1', 'http://b:1', false],
])('%s and %s are the same place: %s', (a, b, same) => {
  expect(isSamePlace(a, b)).toBe(same)
})
