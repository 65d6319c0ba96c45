import { expect, test } from 'vitest'
import type { Config } from './config.ts'
import { loadConfig } from './load.ts'

function load(...lines: string[]): Config {
  const text = ['version: 1', 'connectors: { lab: { type: process, dir: run } }', ...lines].join('\n')
  return loadConfig(text, { file: 'conf/kintsugi.yaml', env: {}, readFile: () => '' })
}

test('logs are followed at the pace of the profile, and a path is meant as seen from the file', () => {
  const { logs } = load(
    'profile: lab',
    'sources:',
    '  logs:',
    '    - { name: own, target: "lab:shop/instance/*" }',
    '    - { name: files, target: "lab:shop/**", path: "logs/{name}.log", interval: 5s }',
  )
  expect(logs).toEqual([
    { name: 'own', target: 'lab:shop/instance/*', intervalMs: 1000 },
    { name: 'files', target: 'lab:shop/**', path: 'conf/logs/{name}.log', intervalMs: 5000 },
  ])
})

test('a path that asks for what no target has, and a name that stands twice, are refused', () => {
  const wrong = (): Config =>
    load('sources: { logs: [{ name: a, target: "lab:**", path: "{pod}" }, { name: a, target: "lab:**" }] }')
  expect(wrong).toThrow('{pod} is no part of a target: use {connector}, {namespace}, {kind}, {name}')
  expect(wrong).toThrow('"a" stands twice')
})

test('services are found by the names that they give themselves', () => {
  const { services } = load('services: { "order service": "lab:shop/service/orders" }')
  expect([...services]).toEqual([['order service', 'lab:shop/service/orders']])
  expect(() => load('services: { x: "lab:shop/service/*" }')).toThrow('expected one target')
  expect(() => load('services: { x: "other:shop/service/a" }')).toThrow('no connector is named "other"')
})

test('syslog is taken in where the file says so', () => {
  expect(load('sources: { syslog: { listen: "127.0.0.1:5514" } }').syslog).toEqual({ host: '127.0.0.1', port: 5514 })
  expect(load('').syslog).toBeUndefined()
  expect(() => load('sources: { syslog: { listen: 514 } }')).toThrow('expected "HOST:PORT"')
})
