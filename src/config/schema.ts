import { z } from 'zod'
import type { Mode } from '../domain/entry.ts'
import type { Severity } from '../domain/finding.ts'
import { parseExpression } from '../domain/condition/parse.ts'
import { accessSchema, type AccessSection } from './access.ts'
import type { Profile, RuleConfig } from './config.ts'
import { detection, type DetectionSection } from './detection.ts'
import { freeze, type FreezeSection } from './freeze.ts'
import { httpAccess, type HttpAccessSection } from './http-access.ts'
import { maintenanceWindow, type MaintenanceWindowSection } from './maintenance-windows.ts'
import {
  address,
  byName,
  judged,
  label,
  list,
  metricName,
  name,
  oneOf,
  path,
  period,
  promql,
  read,
  section,
  some,
  text,
  url,
  whole,
} from './leaves.ts'
import { limits, type LimitsSection } from './limits.ts'
import {
  approval,
  maintenance,
  policy,
  severity,
  type ApprovalSection,
  type MaintenanceSection,
  type PolicySection,
} from './policy-schema.ts'
import { receiveSchema, type ReceiveSection } from './receive.ts'
import { recordSchema, type RecordSection } from './record.ts'
import { report, type ReportSection } from './report.ts'
import { rule } from './rules.ts'
import { heartbeatSchema, standsOn, watchdog, type HeartbeatSection, type WatchdogSection } from './self.ts'
import { slos, type SloSection } from './slos.ts'
import { resolveSecret, type Secret, type SecretSources } from './secret.ts'

type Timing = { interval?: number; timeout?: number }
type Place = { path?: string; url?: string; headers?: Record<string, Secret> }

export type ProbeSection = Timing & {
  name: string
  target: string
  http?: Place & { expectStatus?: number }
  tcp?: Record<string, never>
  command?: { argv: string[] }
}
export type ScrapeSection = Timing & Place & { name: string; target: string }
export type LogSection = { name: string; target: string; path?: string; interval?: number }
export type PrometheusSection = HttpAccessSection & {
  step?: number
  timeout?: number
  staleAfter?: number
  queries?: { name: string; expr: string; target: string }[]
}
/** Where syslog is taken in, over TCP and UDP. */
export type SyslogSection = { listen: { host: string; port: number } }
export type AlertmanagerSection = HttpAccessSection & {
  readSilences?: boolean
  interval?: number
  timeout?: number
  watchdog?: WatchdogSection
}
export type ConnectorSection =
  | { type: 'process'; dir: string }
  | { type: 'balancer'; url: string; namespace: string; fronts: Record<string, string> }
export type AlertTargetSection = {
  match: Record<string, string>
  target: string
  lift?: 'workload' | 'service'
  trustLabels?: string[]
}

export type NotifySection = {
  name: string
  type: 'log' | 'webhook' | 'slack'
  url?: Secret
  headers?: Record<string, Secret>
  on?: ('opened' | 'needs-person' | 'would-run' | 'closed' | 'report')[]
  least?: Severity
}

/** The file as it stands, each value read, nothing looked up and no default filled in. Durations are milliseconds. */
export type FileSections = {
  version: 1
  mode?: Mode
  profile?: Profile
  data?: string
  listen?: { host: string; port: number }
  access?: AccessSection
  publicUrl?: string
  connectors?: Record<string, ConnectorSection>
  probes?: ProbeSection[]
  scrape?: ScrapeSection[]
  sources?: {
    prometheus?: PrometheusSection
    alertmanager?: AlertmanagerSection
    logs?: LogSection[]
    syslog?: SyslogSection
  }
  standsOn?: string[]
  heartbeat?: HeartbeatSection
  services?: Record<string, string>
  slos?: SloSection[]
  alertTargets?: AlertTargetSection[]
  receive?: ReceiveSection
  trustLabels?: string[]
  limits?: LimitsSection
  never?: string[]
  freeze?: FreezeSection[]
  maintenanceWindows?: MaintenanceWindowSection[]
  approval?: ApprovalSection
  killSwitch?: { file: string }
  notify?: NotifySection[]
  report?: ReportSection
  detection?: DetectionSection
  policies?: PolicySection[]
  /** Paths of files with policies. */
  policyFiles?: string[]
  maintenance?: MaintenanceSection[]
  rules?: RuleConfig[]
  aliases?: Record<string, string>
  record?: RecordSection
}

const timing = { interval: period.exactOptional(), timeout: period.exactOptional() }

const connector: z.ZodType<ConnectorSection> = z.discriminatedUnion(
  'type',
  [
    section({ type: z.literal('process'), dir: text('expected a folder') }),
    section({
      type: z.literal('balancer'),
      url,
      namespace: name,
      fronts: byName(text('expected a target'), 'expected targets by pool'),
    }),
  ],
  { error: 'expected "process" or "balancer"' },
)

const log: z.ZodType<LogSection> = section({
  name,
  target: text('expected a target'),
  path: text('expected a path').exactOptional(),
  interval: period.exactOptional(),
})

const alertTarget: z.ZodType<AlertTargetSection> = section({
  match: byName(text('expected a regular expression'), 'expected regular expressions by label', label),
  target: text('expected a target'),
  lift: oneOf(['workload', 'service']).exactOptional(),
  trustLabels: list(label).exactOptional(),
})

function prometheusSchema(secret: z.ZodType<Secret>): z.ZodType<PrometheusSection> {
  return section({
    ...httpAccess(secret),
    step: period.exactOptional(),
    timeout: period.exactOptional(),
    staleAfter: period.exactOptional(),
    queries: some(section({ name: metricName, expr: promql, target: text('expected a target') })).exactOptional(),
  })
}

function alertmanagerSchema(secret: z.ZodType<Secret>): z.ZodType<AlertmanagerSection> {
  const readSilences = z.boolean({ error: 'expected true or false' }).exactOptional()
  return section({ ...httpAccess(secret), readSilences, watchdog: watchdog.exactOptional(), ...timing })
}

function notifySchema(secret: z.ZodType<Secret>): z.ZodType<NotifySection> {
  return section({
    name,
    type: oneOf(['log', 'webhook', 'slack']),
    url: secret.exactOptional(),
    headers: byName(secret, 'expected headers by name').exactOptional(),
    on: some(oneOf(['opened', 'needs-person', 'would-run', 'closed', 'report'])).exactOptional(),
    least: severity.exactOptional(),
  })
}

/** The schema of `kintsugi.yaml`; secrets are resolved while it reads. */
export function fileSchema(sources: SecretSources): z.ZodType<FileSections> {
  const secret = read('must be a text', (value): Secret => resolveSecret(value, sources))
  const place = {
    path: path.exactOptional(),
    url: url.exactOptional(),
    headers: byName(secret, 'expected headers by name').exactOptional(),
  }
  const probe = section({
    name,
    target: text('expected a target'),
    http: section({ ...place, expectStatus: whole(100, 599).exactOptional() }).exactOptional(),
    tcp: section({}).exactOptional(),
    command: section({ argv: some(text()) }).exactOptional(),
    ...timing,
  })
  return section({
    version: z.literal(1, { error: 'expected 1' }),
    mode: oneOf(['shadow', 'live']).exactOptional(),
    profile: oneOf(['production', 'lab']).exactOptional(),
    data: text('expected a folder').exactOptional(),
    listen: address.exactOptional(),
    access: accessSchema(sources).exactOptional(),
    publicUrl: url.exactOptional(),
    connectors: byName(connector, 'expected connectors by name').exactOptional(),
    probes: list(probe).exactOptional(),
    scrape: list(section({ name, target: text('expected a target'), ...place, ...timing })).exactOptional(),
    sources: section({
      prometheus: prometheusSchema(secret).exactOptional(),
      alertmanager: alertmanagerSchema(secret).exactOptional(),
      logs: list(log).exactOptional(),
      syslog: section({ listen: address }).exactOptional(),
    }).exactOptional(),
    standsOn: standsOn.exactOptional(),
    heartbeat: heartbeatSchema(secret).exactOptional(),
    services: byName(
      text('expected a target'),
      'expected targets by the names of services',
      text('expected a name'),
    ).exactOptional(),
    slos: slos.exactOptional(),
    alertTargets: list(alertTarget).exactOptional(),
    receive: receiveSchema(list(alertTarget)).exactOptional(),
    trustLabels: list(label).exactOptional(),
    limits: limits.exactOptional(),
    never: list(text('expected a target or a pattern')).exactOptional(),
    freeze: list(freeze).exactOptional(),
    maintenanceWindows: list(maintenanceWindow).exactOptional(),
    approval: approval.exactOptional(),
    killSwitch: section({ file: text('expected a file') }).exactOptional(),
    notify: list(notifySchema(secret)).exactOptional(),
    report: report.exactOptional(),
    detection: detection.exactOptional(),
    policies: list(policy).exactOptional(),
    policyFiles: list(text('expected a file')).exactOptional(),
    maintenance: list(maintenance).exactOptional(),
    rules: list(rule).exactOptional(),
    aliases: byName(
      judged('expected an expression', parseExpression),
      'expected expressions by name',
      metricName,
    ).exactOptional(),
    record: recordSchema(secret).exactOptional(),
  })
}
