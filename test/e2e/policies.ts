const verify = { healthyFor: '2s', within: '15s', blindFor: '30s' }

/**
 * What the stage's Kintsugi looks after: one thing that it mends by itself, two for which it asks a person, and one that
 * it only hears of.
 */
const policies: readonly object[] = [
  {
    name: 'instance-down',
    condition: 'up == 0 for 2 samples',
    target: 'lab:shop/instance/*',
    severity: 'critical',
    ladder: ['restart-instance', 'page'],
    autonomy: 'auto',
    allowIrreversible: ['restart-instance'],
    verify,
  },
  {
    name: 'disk-filling',
    condition: 'disk_usage > 90 for 2 samples until disk_usage < 85',
    target: 'lab:shop/instance/api-*',
    severity: 'high',
    ladder: ['clean-disk', 'page'],
    autonomy: 'approve',
    allowIrreversible: ['clean-disk'],
    verify,
  },
  {
    name: 'bad-deploy',
    condition: 'up == 1 and config_age_seconds < 300 and qps > 5 and error_rate > 8 for 2 samples',
    target: 'lab:shop/instance/api-*',
    severity: 'high',
    ladder: ['restore-config', { 'restart-instance': { causes: ['bad-configuration'] } }, 'page'],
    autonomy: 'approve',
    allowIrreversible: ['restart-instance'],
    verify,
  },
  {
    name: 'db-down',
    condition: { alert: { alertname: 'DbFailing' } },
    target: 'lab:shop/instance/db-*',
    severity: 'high',
    ladder: ['restart-instance', 'page'],
    autonomy: 'approve',
    approval: { approvers: 2 },
    allowIrreversible: ['restart-instance'],
    verify,
  },
  {
    name: 'told',
    condition: { alert: { team: 'strangers' } },
    target: 'lab:shop/instance/db-*',
    severity: 'warning',
    ladder: ['page'],
    autonomy: 'observe',
  },
]

/** Sections of `kintsugi.yaml`. The shop is broken more often here than anywhere else. */
export const STAGE: Readonly<Record<string, unknown>> = {
  policies,
  // What tests break by hand, they break as somebody does: it is to be mended all the same.
  limits: { perTarget: ['50 in 5m'], minHealthy: 1, handsOff: { afterHumanChange: '0s' } },
  alertTargets: [{ match: { instance: 'db-.*' }, target: 'lab:shop/instance/{instance}' }],
}
