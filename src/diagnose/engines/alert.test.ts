import { expect, test } from 'vitest'
import { alertOn, alertsOf } from '../../../test/fixtures/alerts.ts'
import { TOPOLOGY, WEB, WEB_1 } from '../../../test/gate-world.ts'
import type { Alert, KnownAlert } from '../../domain/alert.ts'
import { nameOfAlert } from '../../domain/alert.ts'
import type { Finding } from '../../domain/finding.ts'
import { createWindows } from '../../signals/windows.ts'
import type { Case } from '../diagnose.ts'
import { alert } from './alert.ts'

const NOW = 1000
const FIRING = alertOn(WEB_1)

function caseOf(
  alerts: readonly KnownAlert[],
  named: Pick<Alert, 'labels' | 'fingerprint'>,
  more: Partial<Finding> = {},
): Case {
  const evidence = [{ signal: nameOfAlert(named), value: 1, at: NOW }]
  const common = { fingerprint: 'f', policy: 'p', since: 0, severity: 'high' as const, summary: '' }
  const finding: Finding = { ...common, target: WEB_1, state: 'violated', evidence, ...more }
  return {
    incident: {
      id: 'inc-1',
      owner: WEB,
      status: 'open',
      severity: 'high',
      openedAt: 0,
      findings: [finding],
      attempts: [],
      waitingFor: [],
    },
    topology: TOPOLOGY,
    windows: createWindows(),
    alerts: alertsOf(...alerts),
    now: NOW,
  }
}

test('an alert that a finding stands on names its target as the cause', () => {
  expect(alert.suggest(caseOf([FIRING], FIRING))).toMatchObject([
    {
      cause: 'named-by-alert',
      target: WEB_1,
      summary: `HighErrors names ${WEB_1}`,
      for: [{ signal: 'alert HighErrors (f1)', value: 1, at: NOW }],
    },
  ])
})

test('an alert that is over, unseen, or that no finding stands on, names nothing', () => {
  const other = alertOn(WEB_1, { fingerprint: 'f2' })
  expect(alert.suggest(caseOf([other], FIRING))).toEqual([])
  expect(alert.suggest(caseOf([{ ...FIRING, endsAt: NOW }], FIRING))).toEqual([])
  expect(alert.suggest(caseOf([{ ...FIRING, status: 'resolved', endsAt: 5 }], FIRING))).toEqual([])
  expect(alert.suggest(caseOf([FIRING], FIRING, { state: 'blind' }))).toEqual([])
})
