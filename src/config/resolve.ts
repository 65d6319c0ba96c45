import { expand, type Aliases } from '../domain/condition/aliases.ts'
import { parseExpression } from '../domain/condition/parse.ts'
import type { Policy } from '../domain/policy.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { accessOf, isLoopback } from './access.ts'
import { alertmanagerOf } from './alertmanager.ts'
import { SHIPPED_ALIASES } from './aliases.ts'
import type { Config, ConnectorConfig } from './config.ts'
import { detectionOf } from './detection.ts'
import { freezeWindowsOf } from './freeze.ts'
import { limitsOf } from './limits.ts'
import { maintenanceWindowsOf } from './maintenance-windows.ts'
import { maintenanceOf } from './maintenance.ts'
import { notifyOf } from './notify.ts'
import { policyQueries } from './policy-condition.ts'
import { policiesOf, type PolicyList } from './policies.ts'
import type { Path, Problem } from './problems.ts'
import { DATA_DIR, DEFAULTS, LISTEN } from './profile.ts'
import type { PolicySection } from './policy-schema.ts'
import { receivingOf } from './receive.ts'
import { recordOf, retentionOf } from './record.ts'
import { reportAt } from './report.ts'
import { rulesOf } from './rules.ts'
import { refuseFooting, selfOf } from './self.ts'
import type { FileSections } from './schema.ts'
import { fromFolderOf, scopeOf, targetOf, unique, type Catalogue, type PolicyPlace, type Scope } from './scope.ts'
import { slosOf } from './slos.ts'
import { prometheusOf } from './prometheus.ts'
import { logOf, probeOf, scrapeOf } from './sources.ts'
import { readOneTarget } from './targets.ts'

type ResolveContext = {
  readonly file: string
  readonly digest: string
  readonly catalogue: Catalogue | undefined
  /** Throws when it cannot read. */
  readonly readFile: (path: string) => string
  /** What stands in each policy file. */
  readonly policyFiles: readonly (readonly PolicySection[])[]
}

/**
 * Looks names up and fills defaults in. The config is right only when there are no problems, neither in the file itself
 * nor in those of its policy files, which are told apart.
 */
export function resolve(
  sections: FileSections,
  { file, digest, catalogue, readFile, policyFiles }: ResolveContext,
): { readonly config: Config; readonly problems: readonly Problem[]; readonly ofFiles: readonly Problem[][] } {
  const profile = sections.profile ?? 'production'
  const types = new Map(Object.entries(sections.connectors ?? {}).map(([name, { type }]) => [name, type]))
  const scope = scopeOf(DEFAULTS[profile], types, catalogue)
  const connectors = connectorsOf(sections, file, scope)
  const probes = (sections.probes ?? []).map((probe, i) => probeOf(probe, ['probes', i], scope))
  const scrapes = (sections.scrape ?? []).map((scrape, i) => scrapeOf(scrape, ['scrape', i], scope))
  const asked = sections.sources?.prometheus
  const files = [
    { sections: sections.policies ?? [], scope },
    ...policyFiles.map((policies) => ({ sections: policies, scope: scopeOf(DEFAULTS[profile], types, catalogue) })),
  ]
  const queries = policyQueries(files, asked !== undefined)
  const prometheus = asked && prometheusOf(asked, queries, scope, { file, readFile })
  const aliases = aliasesOf(sections, scope)
  const slos = slosOf(sections.slos ?? [], aliases, scope)
  const sloNames = (sections.slos ?? []).map(({ name }) => name)
  const slowestMs = Math.max(prometheus?.stepMs ?? 0, ...[...probes, ...scrapes].map(({ intervalMs }) => intervalMs))
  const mode = sections.mode ?? 'shadow'
  judgeNames(sections, scope)
  const windows = maintenanceWindowsOf(sections.maintenanceWindows ?? [], scope)
  const alertmanager =
    sections.sources?.alertmanager && alertmanagerOf(sections.sources.alertmanager, scope, { file, readFile })
  const known = { windows, slos, sloNames, slowestMs, aliases, approval: sections.approval ?? {} }
  const lists = files.map((one) => ({ ...one, scope: { ...one.scope, ...known } }))
  const policies = policiesOf(lists)
  const tasks = maintenanceOf(sections.maintenance ?? [], policies, { ...scope, ...known })
  const self = selfOf(sections, file, scope)
  refuseFooting(self, [...placesOf(lists, policies), ...tasks.map(taskPlace(scope))], [...probes, ...scrapes])
  const reported = reportAt(sections.report, mode, scope)
  const config: Config = {
    file,
    digest,
    mode,
    profile,
    dataDir: fromFolderOf(file, sections.data ?? DATA_DIR),
    listen: listenOf(sections, mode, scope),
    access: accessOf(sections.access ?? {}, sections.publicUrl, scope),
    ...(sections.publicUrl !== undefined && { publicUrl: sections.publicUrl.replace(/\/+$/, '') }),
    connectors,
    probes,
    scrapes,
    ...(prometheus && { prometheus }),
    ...(alertmanager && { alertmanager }),
    ...receivingOf(sections, scope),
    logs: (sections.sources?.logs ?? []).map((log, i) => logOf(log, ['sources', 'logs', i], file, scope)),
    services: new Map(Object.entries(targetsByName(sections.services ?? {}, ['services'], scope))),
    slos,
    limits: limitsOf(sections.limits, profile, scope),
    never: (sections.never ?? []).map((pattern, i) => targetOf(pattern, ['never', i], scope)),
    freezeWindows: freezeWindowsOf(sections.freeze ?? [], [...policies, ...tasks], scope),
    maintenanceWindows: [...windows.values()].filter((window) => window !== undefined),
    ...(sections.killSwitch && { killSwitchFile: fromFolderOf(file, sections.killSwitch.file) }),
    notify: notifyOf(sections.notify ?? [], scope),
    ...(reported && { reportAt: reported }),
    policies: [...policies, ...tasks],
    rules: rulesOf(sections.rules ?? [], aliases, scope),
    aliases,
    ...detectionOf(sections.detection ?? {}),
    retention: retentionOf(sections.record ?? {}),
    ...recordOf(sections.record ?? {}, file),
    self,
  }
  return { config, problems: scope.problems, ofFiles: lists.slice(1).map((list) => list.scope.problems) }
}

function judgeNames({ probes, scrape, sources }: FileSections, scope: Scope): void {
  unique(['probes'], probes, scope)
  unique(['scrape'], scrape, scope)
  unique(['sources', 'logs'], sources?.logs, scope)
}

/** Where each policy's target stands; the policies are in the order of the lists. */
function placesOf(lists: readonly PolicyList[], policies: readonly Policy[]): PolicyPlace[] {
  const rest = [...policies]
  return lists.flatMap(({ sections, scope }) =>
    rest.splice(0, sections.length).map((policy, i) => placeOf(policy, ['policies', i], scope)),
  )
}

const taskPlace =
  (scope: Scope) =>
  (task: Policy, i: number): PolicyPlace =>
    placeOf(task, ['maintenance', i], scope)

const placeOf = (policy: Policy, path: Path, { problems }: Scope): PolicyPlace => ({
  policy,
  path: [...path, 'target'],
  problems,
})

function connectorsOf({ connectors = {} }: FileSections, file: string, scope: Scope): ConnectorConfig[] {
  return Object.entries(connectors).map(([name, about]) =>
    about.type === 'process'
      ? { ...about, name, dir: fromFolderOf(file, about.dir) }
      : { ...about, name, fronts: targetsByName(about.fronts, ['connectors', name, 'fronts'], scope) },
  )
}

function targetsByName(named: Readonly<Record<string, string>>, path: Path, scope: Scope): Record<string, ResourceRef> {
  const found = Object.entries(named).flatMap(([name, text]) => {
    const target = scope.attempt([...path, name], () => readOneTarget(text, scope.meantBy(text)))
    return target === undefined ? [] : [[name, target] as const]
  })
  return Object.fromEntries(found)
}

/** A wide address without tokens is for looking only: what could be changed through it stays on the machine. */
function listenOf(
  { listen = LISTEN, access }: FileSections,
  mode: Config['mode'],
  { problems }: Scope,
): Config['listen'] {
  if (!isLoopback(listen.host) && mode === 'live' && !access?.tokens?.length && !access?.oidc) {
    const message = `"${listen.host}" is not on the loopback: in mode live that needs access.tokens; without, only 127.0.0.1, ::1 or localhost`
    problems.push({ path: ['listen'], message })
  }
  return listen
}

/**
 * The shipped aliases under the file's own; one that stands for its own name is none, which gives a metric back its
 * name. Aliases may stand for others, but not lead back to themselves.
 */
function aliasesOf({ aliases = {} }: FileSections, { attempt }: Scope): Aliases {
  const all: Aliases = new Map(
    Object.entries({ ...SHIPPED_ALIASES, ...aliases }).filter(([name, text]) => name !== text.trim()),
  )
  // The shipped ones alone form no circle: what goes wrong goes through one of the file.
  for (const name of Object.keys(aliases)) {
    const text = all.get(name)
    if (text !== undefined) attempt(['aliases', name], () => expand(parseExpression(text), all, [name]))
  }
  return all
}
