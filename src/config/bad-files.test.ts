import { expect, test } from 'vitest'
import { expectRefused, POLICY, problems, withLab } from '../../test/fixtures/bad-config.ts'

const SECTIONS =
  'version, mode, profile, data, listen, connectors, probes, scrape, sources, services, slos, alertTargets, trustLabels, limits, never, killSwitch, notify, policies, policyFiles, maintenance, rules, aliases, record'

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
    'an unknown key deep down',
    withLab(`policies: [{ ${POLICY}, verify: { §healtyFor: 3s } }]`),
    'policies[0].verify.healtyFor: unknown key; did you mean "healthyFor"?',
  ],
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
    'limits.qqqqqqqqqq: unknown key; known here: perTarget, minHealthy',
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
  [
    'a bare number as a duration',
    withLab(`policies: [{ ${POLICY}, cooldown: §300 }]`),
    'policies[0].cooldown: expected a duration such as "250ms", "5m" or "1h30m", got 300',
  ],
  ['a section left empty', withLab('probes:§'), 'probes: expected a list, got nothing'],
  ['a section of another shape', withLab('limits: §3'), 'limits: expected a section with perTarget, minHealthy, got 3'],
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
    'for twice',
    withLab('policies: [{ name: p, for: §1m, condition: up == 0 for 2m, target: lab:a/b/c, ladder: [page] }]'),
    'policies[0].for: stands twice: the condition ends in a "for" or "until" of its own',
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
    'an unknown guard',
    withLab(
      'slos: [{ name: users, target: lab:a/b/c, expr: x, max: 1 }]',
      `policies: [{ ${POLICY}, verify: { guard: [§"slo:user"] } }]`,
    ),
    'policies[0].verify.guard[0]: no guard is named "slo:user"; did you mean "slo:users"?',
  ],
  [
    'a guard on many targets',
    withLab('slos: [{ name: users, target: §"lab:a/b/*", expr: x, max: 1 }]'),
    'slos[0].target: expected one target, got the pattern "lab:a/b/*"',
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
    'listen: "0.0.0.0" is not on the loopback: in mode live only 127.0.0.1, ::1 or localhost are allowed, since there is no login yet',
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
])('%s is refused, with its place', expectRefused)
