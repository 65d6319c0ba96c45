import { expect, test } from 'vitest'
import type { Entry, EntryBody } from '../src/domain/entry.ts'
import type { Finding } from '../src/domain/finding.ts'
import { foundIn } from './unusual.ts'

const entry = (at: number, body: EntryBody): Entry => ({
  seq: at,
  at: { wallMs: at, bootMs: at, bootId: 'boot' },
  kind: body.kind,
  body,
  digest: '',
  chain: '',
})
const finding = (signals: readonly string[], lead?: Finding['lead']): Finding => ({
  fingerprint: 'f',
  policy: 'unusual',
  target: 'lab:shop/instance/api-1',
  state: 'violated',
  since: 0,
  severity: 'info',
  summary: '',
  evidence: signals.map((signal) => ({ signal, value: 1, at: 0 })),
  ...(lead && { lead }),
})
const owner = 'lab:shop/service/api'

test('what only detectors say is found, each signal when it was first on the record', () => {
  const entries = [
    entry(1, { kind: 'incident-opened', owner, severity: 'info', findings: [finding(['ensemble on a'], 'unusual')] }),
    entry(2, {
      kind: 'incident-changed',
      severity: 'warning',
      findings: [finding(['ensemble on b', 'ensemble on a'], 'unusual'), finding(['up == 0'])],
    }),
  ]
  expect(foundIn(entries).map(({ signal, at }) => [signal, at])).toEqual([
    ['ensemble on a', 1],
    ['ensemble on b', 2],
  ])
})
