import { expect, test } from 'vitest'
import { POLICY, problems, SECTIONS, unmarked, withLab } from '../../test/fixtures/bad-files.ts'

test('a problem stands on one line with its file, line and column', () => {
  const text = 'version: 1\nlimits:\n  perTarget:\n    - 3 per 5m\n'
  expect(problems(text)).toEqual([
    'kintsugi.yaml:4:7: limits.perTarget[0]: expected "N in T" such as "3 in 5m", got "3 per 5m"',
  ])
})

/** What is wrong, the file with a § before each place that shall be named, and what shall be said of it. */
test.each<[string, string, ...string[]]>([
  ['empty', '§', `expected a section with ${SECTIONS}, got nothing`],
  ['not YAML', 'version: [1§', 'Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ['a key twice', 'version: 1\nmode: live\n§mode: shadow\n', 'Map keys must be unique'],
  ['an alias of nothing', 'version: 1\nnever: §*all\n', 'no &all stands before *all'],
  ['no version', '§mode: live\n', 'version: expected 1, but it is missing'],
  ['another version', 'version: §2\n', 'version: expected 1, got 2'],
  ['an unknown mode', 'version: 1\nmode: §Live\n', 'mode: expected "shadow" or "live", got "Live"'],
  ['an unknown key', 'version: 1\n§profil: lab\n', 'profil: unknown key; did you mean "profile"?'],
  [
    'an unknown kind of connector',
    'version: 1\nconnectors: { edge: { type: §haproxy } }\n',
    'connectors.edge.type: expected "process" or "balancer", got "haproxy"',
  ],
  [
    'a balancer in front of nobody',
    'version: 1\nconnectors: { e: { type: balancer, url: "http://x", namespace: a, fronts: { web: §"lb:a/service/web" } } }\n',
    'connectors.e.fronts.web: no connector is named "lb"; did you mean "e"?',
  ],
  [
    'a pool in front of many',
    'version: 1\nconnectors: { e: { type: balancer, url: "http://x", namespace: a, fronts: { web: §"e:**" } } }\n',
    'connectors.e.fronts.web: expected one target, got the pattern "e:**"',
  ],
  [
    'an unknown key like no other',
    withLab('limits: { §qqqqqqqqqq: 1 }'),
    'limits.qqqqqqqqqq: unknown key; known here: perTarget, minHealthy, perService, global, storm, self, handsOff',
  ],
  [
    'a limit in other words',
    withLab('limits:', '  perTarget:', '    - §3 per 5m'),
    'limits.perTarget[0]: expected "N in T" such as "3 in 5m", got "3 per 5m"',
  ],
  [
    'limits out of order',
    withLab('limits: { perTarget: [3 in 5m, §2 in 1m] }'),
    'limits.perTarget[1]: must span a longer time than the limit before it',
  ],
  [
    'no limits',
    withLab('limits: { perTarget: §[] }'),
    'limits.perTarget: expected a list of one or more, got an empty list',
  ],
  ['a section left empty', withLab('probes:§'), 'probes: expected a list, got nothing'],
  [
    'a section of another shape',
    withLab('limits: §3'),
    'limits: expected a section with perTarget, minHealthy, perService, global, storm, self, handsOff, got 3',
  ],
  [
    'a name twice',
    withLab('probes:', '  - { name: a, target: "lab:**", tcp: {} }', '  - { name: §a, target: "lab:**", tcp: {} }'),
    'probes[1].name: "a" stands twice: each name may be used once',
  ],
  [
    'a probe of nothing',
    withLab('probes: [§{ name: a, target: "lab:**" }]'),
    'probes[0]: needs exactly one of http, tcp and command',
  ],
  [
    'a probe of two kinds',
    withLab('probes: [§{ name: a, target: "lab:**", tcp: {}, command: { argv: [x] } }]'),
    'probes[0]: needs exactly one of http, tcp and command',
  ],
  [
    'a probe of two places',
    withLab('probes: [{ name: a, target: "lab:**", http: §{ path: /, url: "http://x" } }]'),
    'probes[0].http: needs exactly one of path and url',
  ],
  [
    'a command as one text',
    withLab('probes: [{ name: a, target: "lab:**", command: { argv: §rm -rf x } }]'),
    'probes[0].command.argv: expected a list of one or more, got "rm -rf x"',
  ],
  [
    'a timeout beyond the interval',
    withLab('probes: [{ name: a, target: "lab:**", tcp: {}, interval: 1s, timeout: §2s }]'),
    'probes[0].timeout: must not be longer than the interval',
  ],
  [
    'a URL of another kind',
    withLab('scrape: [{ name: a, target: "lab:**", url: §"file:///etc/passwd" }]'),
    'scrape[0].url: expected a URL that begins with http:// or https://, got "file:///etc/passwd"',
  ],
  [
    'a guard on many targets',
    withLab('slos: [{ name: users, target: §"lab:a/b/*", expr: x, max: 1 }]'),
    'slos[0].target: expected one target, got the pattern "lab:a/b/*"',
  ],
  [
    'a channel without a place',
    withLab('notify: [§{ name: ops, type: slack }]'),
    'notify[0]: a channel of type slack needs a url that begins with http:// or https://',
  ],
  [
    'a channel that takes no place',
    withLab('notify: [§{ name: ops, type: log, url: "http://x" }]'),
    'notify[0]: a channel of type log takes no url and no headers',
  ],
  [
    'a freeze window in an unknown zone',
    withLab('freeze:', '  - { name: w, reason: r, start: "0 18 * * 5", lasts: 62h, timeZone: §Mars/Base }'),
    'freeze[0].timeZone: no time zone is called "Mars/Base": write one such as "Europe/Berlin"',
  ],
  [
    'a freeze window without an end',
    withLab('freeze: [§{ name: w, reason: r, start: "0 18 * * 5", until: 2026-12-20T00:00Z }]'),
    'freeze[0]: needs start and lasts (in a zone), or from and until; it has start, until',
  ],
  [
    'a freeze window that ends before it begins',
    withLab('freeze: [{ name: w, reason: r, from: 2026-12-20T01:00+01:00, until: §2026-12-20T00:00Z }]'),
    'freeze[0].until: must be later than from',
  ],
  [
    'a day that there is not',
    withLab('freeze: [{ name: w, reason: r, from: §2026-02-30T00:00Z, until: 2026-12-20T00:00Z }]'),
    'freeze[0].from: expected a time with its zone such as "2026-12-20T00:00+01:00", got "2026-02-30T00:00Z"',
  ],
  [
    'a freeze window that lets an unknown policy act',
    withLab(
      'freeze: [{ name: w, reason: r, start: daily 18:00, lasts: 1h, allow: [§q] }]',
      `policies: [{ ${POLICY} }]`,
    ),
    'freeze[0].allow[0]: no policy is named "q"; did you mean "p"?',
  ],
  [
    'a freeze window for no target',
    withLab('freeze: [{ name: w, reason: r, start: daily 18:00, lasts: 1h, targets: §[] }]'),
    'freeze[0].targets: expected a list of one or more, got an empty list',
  ],
  ['an unknown connector', withLab('never: [§"lba:**"]'), 'never[0]: no connector is named "lba"; did you mean "lab"?'],
  [
    'a pattern that covers nothing',
    withLab('never: [§"lab:shop/*"]'),
    'never[0]: expected a pattern such as "lab:shop/instance/*" or "lab:shop/**", got "lab:shop/*"',
  ],
  ['an empty selector', withLab('never: [§""]'), 'never[0]: expected a target or a pattern, got ""'],
  [
    'a short name where no connector is',
    'version: 1\nnever: [§instance/a]\n',
    "never[0]: 'instance/a' names no connector, and 0 are configured (): write connector:namespace/kind/name",
  ],
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
    'a Prometheus that is asked nothing',
    withLab('sources: { prometheus: §{ url: "http://x" } }'),
    'sources.prometheus: is asked nothing: give it queries, or a policy a condition { promql: ... }',
  ],
  [
    'aliases in a circle',
    withLab('aliases: { a: §b + 1, b: §a }'),
    'aliases.a: aliases lead back to themselves: a > b > a',
    'aliases.b: aliases lead back to themselves: b > a > b',
  ],
  [
    'an alias that leads back through a shipped one',
    withLab('aliases: { up: §1 - health_check_failed }'),
    'aliases.up: aliases lead back to themselves: up > health_check_failed > up',
  ],
  [
    'an alias that no condition can name',
    withLab('aliases: { §error-share: x }'),
    'aliases.error-share: expected a name such as "error_share"',
  ],
  [
    'a live port open to all',
    'version: 1\nmode: live\nlisten: §0.0.0.0:8420\n',
    'listen: "0.0.0.0" is not on the loopback: in mode live that needs access.tokens; without, only 127.0.0.1, ::1 or localhost',
  ],
  ['a port alone', 'version: 1\nlisten: §8420\n', 'listen: expected "HOST:PORT" such as "127.0.0.1:8420", got 8420'],
  [
    'a secret that is not set',
    withLab('scrape: [{ name: a, target: "lab:**", path: /m, headers: { Authorization: §"${env:NOPE}" } }]'),
    'scrape[0].headers.Authorization: the environment variable NOPE is not set',
  ],
  [
    'a secret that is empty',
    withLab('scrape: [{ name: a, target: "lab:**", path: /m, headers: { A: §"${env:EMPTY}" } }]'),
    'scrape[0].headers.A: the environment variable EMPTY is empty',
  ],
  [
    'a secret in a file that is not there',
    withLab('scrape: [{ name: a, target: "lab:**", path: /m, headers: { A: §"${file:nope}" } }]'),
    'scrape[0].headers.A: the file nope cannot be read (ENOENT)',
  ],
  [
    'a reference of another kind',
    withLab('scrape: [{ name: a, target: "lab:**", path: /m, headers: { A: §"${TOKEN}" } }]'),
    'scrape[0].headers.A: ${TOKEN} is no reference: write ${env:NAME} or ${file:PATH}',
  ],
  [
    'a secret where it would show',
    'version: 1\ndata: §"${env:TOKEN}"\n',
    'data: a ${...} reference may stand in headers and credentials only',
  ],
  [
    'several things',
    'version: 1\nmode: §on\nlisten: §x\n§foo: 1\n',
    'mode: expected "shadow" or "live", got "on"',
    'listen: expected "HOST:PORT" such as "127.0.0.1:8420", got "x"',
    `foo: unknown key; known here: ${SECTIONS}`,
  ],
])('%s is refused, with its place', (_, marked, ...messages) => {
  const { text, places } = unmarked(marked)
  expect(places).toHaveLength(messages.length)
  expect(problems(text)).toEqual(messages.map((message, i) => `kintsugi.yaml:${places[i]}: ${message}`))
})
