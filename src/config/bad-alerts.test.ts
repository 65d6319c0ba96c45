import { test } from 'vitest'
import { expectRefused, POLICY, withLab } from '../../test/fixtures/bad-config.ts'

/** What is wrong, the file with a § before each place that shall be named, and what shall be said of it. */
test.each<[string, string, ...string[]]>([
  [
    'an alert that is about a connector nobody configured',
    withLab('alertTargets: [{ match: { pod: .+ }, target: §"k8s:{namespace}/pod/{pod}" }]'),
    'alertTargets[0].target: no connector is named "k8s"; known here: lab',
  ],
  [
    'an alert that says itself which connector it is about',
    withLab('alertTargets: [{ match: { pod: .+ }, target: §"{cluster}:{namespace}/pod/{pod}" }]'),
    'alertTargets[0].target: expected a target by labels such as "lab:{namespace}/service/{service}", its connector written out, got "{cluster}:{namespace}/pod/{pod}"',
  ],
  [
    'an alert whose namespace is what the rule of it says',
    withLab('alertTargets: [{ match: { team: .+ }, target: §"lab:{team}/service/web" }]'),
    'alertTargets[0].target: its namespace is the label "team", which trustLabels does not name; known here: exported_namespace, namespace',
  ],
  [
    'a namespace that nobody trusts any more',
    withLab(
      'trustLabels: [namespace]',
      'alertTargets: [{ match: { pod: .+ }, target: §"lab:{exported_namespace}/service/web" }]',
    ),
    'alertTargets[0].target: its namespace is the label "exported_namespace", which trustLabels does not name; known here: namespace',
  ],
  [
    'a namespace of two labels',
    withLab('alertTargets: [{ match: { pod: .+ }, target: §"lab:{namespace}-{pod}/service/web" }]'),
    'alertTargets[0].target: its namespace must be one label or none, got "{namespace}-{pod}"',
  ],
  [
    'a target in short',
    withLab('alertTargets: [{ match: { pod: .+ }, target: §"pod/{pod}" }]'),
    'alertTargets[0].target: expected a target by labels such as "lab:{namespace}/service/{service}", its connector written out, got "pod/{pod}"',
  ],
  [
    'an alert of any kind',
    withLab('alertTargets: [{ match: §{}, target: lab:a/b/c }]'),
    'alertTargets[0].match: needs a label: an empty match is not every alert',
  ],
  [
    'a pattern that could hang',
    withLab('alertTargets: [{ match: { pod: §"(a+)+" }, target: lab:a/b/c }]'),
    "alertTargets[0].match.pod: the pattern '(a+)+' is refused: it repeats a group",
  ],
  [
    'a pattern that could cost much',
    withLab('alertTargets: [{ match: { pod: §".*a.*b.*" }, target: lab:a/b/c }]'),
    "alertTargets[0].match.pod: the pattern '.*a.*b.*' is refused: it has 3 repeats, at most 2 are allowed",
  ],
  [
    'a pattern that is none',
    withLab('alertTargets: [{ match: { pod: §"[" }, target: lab:a/b/c }]'),
    "alertTargets[0].match.pod: the pattern '[' is not a regular expression: Invalid regular expression: /^(?:[)$/su: Unterminated character class",
  ],
  [
    'a lift to somewhere else',
    withLab('alertTargets: [{ match: { pod: x }, target: lab:a/b/c, lift: §pod }]'),
    'alertTargets[0].lift: expected "workload" or "service", got "pod"',
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
    'policies[0].target: a promql condition is about one target, got "lab:a/b/*"',
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
  [
    'a Prometheus that is asked nothing',
    withLab('sources: { prometheus: §{ url: "http://x" } }'),
    'sources.prometheus: is asked nothing: give it queries, or a policy a condition { promql: ... }',
  ],
])('%s is refused, with its place', expectRefused)
