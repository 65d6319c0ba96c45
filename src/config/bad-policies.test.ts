import { expect, test } from 'vitest'
import { POLICY, problems, unmarked, withLab } from '../../test/fixtures/bad-files.ts'

/** What is wrong, the file with a § before each place that shall be named, and what shall be said of it. */
test.each<[string, string, ...string[]]>([
  [
    'an unknown key deep down',
    withLab(`policies: [{ ${POLICY}, verify: { §healtyFor: 3s } }]`),
    'policies[0].verify.healtyFor: unknown key; did you mean "healthyFor"?',
  ],
  [
    'a bare number as a duration',
    withLab(`policies: [{ ${POLICY}, cooldown: §300 }]`),
    'policies[0].cooldown: expected a duration such as "250ms", "5m" or "1h30m", got 300',
  ],
  [
    'a condition that cannot be read',
    withLab('policies: [{ name: p, condition: §up ==, target: lab:a/b/c, ladder: [page] }]'),
    "policies[0].condition: cannot read the condition 'up ==' at character 6: expected a number, a metric, a function or '(', found the end",
  ],
  [
    'a condition of several lines',
    withLab(
      'policies:',
      '- name: p',
      '  condition: §|',
      '    a >',
      '    > b',
      '  target: lab:a/b/c',
      '  ladder: [page]',
    ),
    "policies[0].condition: cannot read the condition 'a > > b ' at character 5: expected a number, a metric, a function or '(', found '> b'",
  ],
  [
    'an approval that cannot be meant',
    withLab(
      'approval: { above: §1.5, within: §0s }',
      `policies: [{ ${POLICY}, approval: { severities: [§urgent], §below: 0.2 } }]`,
    ),
    'approval.above: expected a number from 0 to 1, got 1.5',
    'approval.within: expected a duration longer than 0, got "0s"',
    'policies[0].approval.severities[0]: expected "critical", "high", "warning" or "info", got "urgent"',
    'policies[0].approval.below: unknown key; known here: above, severities, within, approvers',
  ],
  [
    'for twice',
    withLab('policies: [{ name: p, for: §1m, condition: up == 0 for 2m, target: lab:a/b/c, ladder: [page] }]'),
    'policies[0].for: stands twice: the condition ends in a "for" or "until" of its own',
  ],
  [
    'an unknown guard',
    withLab(
      'slos: [{ name: users, target: lab:a/b/c, expr: x, max: 1 }]',
      `policies: [{ ${POLICY}, verify: { guard: [§"slo:user"] } }]`,
    ),
    'policies[0].verify.guard[0]: no guard is named "slo:user"; did you mean "slo:users"?',
  ],
  [
    'no time left for what a guard looks back at',
    withLab(
      'slos: [{ name: users, target: lab:a/b/c, expr: "rate(failed[5m])", max: 1 }]',
      `policies: [{ ${POLICY}, verify: { healthyFor: 1m, within: §6m, guard: ["slo:users"] } }]`,
    ),
    'policies[0].verify.within: must be longer than healthyFor and what slo:users looks back at, together 6m',
  ],
  [
    'no time left for what a guard looks back at behind an alias',
    withLab(
      'slos: [{ name: users, target: lab:a/b/c, expr: latency_ms, max: 1 }]',
      `policies: [{ ${POLICY}, verify: { healthyFor: 1m, within: §3m, guard: ["slo:users"] } }]`,
    ),
    'policies[0].verify.within: must be longer than healthyFor and what slo:users looks back at, together 3m',
  ],
  [
    'an unknown remedy',
    withLab('policies: [{ name: p, condition: up == 0, target: lab:a/b/c, ladder: [§restart-instanc] }]'),
    'policies[0].ladder[0]: no remedy is named "restart-instanc"; did you mean "restart-instance"?',
  ],
  [
    'an unknown action',
    withLab(`policies: [{ ${POLICY}, allowIrreversible: [§drop-table] }]`),
    'policies[0].allowIrreversible[0]: no action is named "drop-table"; known here: restart-instance',
  ],
  [
    'a schedule that is none',
    withLab('maintenance: [{ name: m, target: "lab:**", ladder: [page], schedule: §weekly }]'),
    'maintenance[0].schedule: cannot read "weekly": write daily 03:00, weekly sun 03:00 or monthly 1 03:00',
  ],
  [
    'maintenance under the name of a policy',
    withLab(
      'policies: [{ name: m, target: "lab:**", condition: up == 0, ladder: [page] }]',
      'maintenance: [{ name: §m, target: "lab:**", ladder: [page], schedule: daily 03:00 }]',
    ),
    'maintenance[0].name: "m" is a policy\'s name already',
  ],
  [
    'a condition of two kinds',
    withLab(
      'policies: [{ name: p, condition: §{ alert: { alertname: A }, promql: up > 0 }, target: lab:a/b/c, ladder: [page] }]',
    ),
    'policies[0].condition: needs exactly one of alert and promql',
  ],
  [
    'a condition on any alert',
    withLab('policies: [{ name: p, condition: { alert: §{} }, target: lab:a/b/c, ladder: [page] }]'),
    'policies[0].condition.alert: needs a label, such as { alertname: HighErrors }: an empty match is not every alert',
  ],
  [
    'a condition that is a list',
    withLab('policies: [{ name: p, condition: §[up], target: lab:a/b/c, ladder: [page] }]'),
    'policies[0].condition: expected a section with alert, promql, for, got a list',
  ],
  [
    'an unknown key in a condition',
    withLab('policies: [{ name: p, condition: { §alerts: { a: b } }, target: lab:a/b/c, ladder: [page] }]'),
    'policies[0].condition.alerts: unknown key; did you mean "alert"?',
  ],
  [
    'for twice around an alert',
    withLab(
      'policies: [{ name: p, for: §1m, condition: { alert: { a: b }, for: 1m }, target: lab:a/b/c, ladder: [page] }]',
    ),
    'policies[0].for: stands twice: the condition has a "for" of its own',
  ],
  [
    'PromQL for nobody to answer',
    withLab('policies: [{ name: p, condition: { promql: §x > 1 }, target: lab:a/b/c, ladder: [page] }]'),
    'policies[0].condition.promql: needs sources.prometheus, which says whom to ask',
  ],
  [
    'PromQL that no data satisfies',
    withLab(
      'sources: { prometheus: { url: "http://x" } }',
      `policies: [{ ${POLICY} }, { name: q, condition: { promql: §absent(x) }, target: lab:a/b/c, ladder: [page] }, { name: r, condition: { promql: y > 1 }, target: lab:a/b/c, ladder: [page] }]`,
    ),
    'policies[1].condition.promql: must end in a comparison with a number, such as "... > 0.05", so that no data is not taken for health; it does not',
  ],
  [
    'PromQL about many targets',
    withLab(
      'sources: { prometheus: { url: "http://x", queries: [{ name: a, expr: b, target: lab:a/b/c }] } }',
      'policies: [{ name: q, condition: { promql: x > 1 }, target: §lab:a/b/*, ladder: [page] }]',
    ),
    'policies[0].target: a promql condition is about one target, got the pattern "lab:a/b/*"',
  ],
  [
    'two queries of one name',
    withLab(
      'sources: { prometheus: { url: "http://x" } }',
      'policies:',
      '- { name: a-b, condition: { promql: x > 1 }, target: lab:a/b/c, ladder: [page] }',
      '- { name: §a_b, condition: { promql: x > 1 }, target: lab:a/b/c, ladder: [page] }',
    ),
    'policies[1].name: its query is named policy:a_b, as that of another policy',
  ],
])('%s is refused, with its place', (_, marked, ...messages) => {
  const { text, places } = unmarked(marked)
  expect(places).toHaveLength(messages.length)
  expect(problems(text)).toEqual(messages.map((message, i) => `kintsugi.yaml:${places[i]}: ${message}`))
})
