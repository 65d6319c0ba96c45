import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { callOwner } from '../api/client.ts'
import { socketPathIn } from '../api/socket.ts'
import type { Check, Where } from '../cli/deps.ts'
import type { Config } from '../config/config.ts'
import { messageOf } from '../domain/errors.ts'
import { footingOf } from '../domain/footing.ts'
import type { Discovery } from '../domain/ports.ts'
import { covers } from '../domain/resource.ts'
import type { Footing, SelfStatus } from '../domain/self.ts'
import { topologyOf } from '../domain/topology.ts'
import { readKillSwitch } from '../engine/kill-switch-file.ts'
import { jumpBetween } from '../engine/watch.ts'
import { systemClock } from '../lib/clock.ts'
import { durationText } from '../lib/duration.ts'
import { openReader } from '../store/reader.ts'
import { verifyRecord } from '../store/verify.ts'
import { readConfig } from './config.ts'
import { keyProblem } from './keys.ts'
import { connectorOf } from './sources.ts'
import { standingOf } from './standing.ts'

const LEAST_FREE_BYTES = 256 * 1024 * 1024
const LOOK_MS = 5000
const MOST_SKEW_MS = 2500

/** Looks at everything that Kintsugi needs, as the process that asks sees it, with or without a running owner. */
export async function doctor(where: Where): Promise<readonly Check[]> {
  let config: Config
  try {
    config = readConfig(where.configPath)
  } catch (thrown) {
    return [
      {
        name: 'configuration',
        ok: false,
        detail: messageOf(thrown),
        fix: 'mend the file; kintsugi check-config lists every problem',
      },
    ]
  }
  const folder = where.dataDir ?? config.dataDir
  const found = await Promise.all(config.connectors.map(lookAt))
  const owner = await ownerChecks(folder)
  const seen = found.flatMap(({ discovery = [] }) => discovery)
  const footing = owner.footing ?? footingSeen(config, folder, seen)
  const nodes = seen.flatMap((discovery) => discovery.nodes)
  return [
    { name: 'configuration', ok: true, detail: `${where.configPath}, mode ${config.mode}` },
    ...found.map(({ check }) => check),
    ...config.policies.map((policy) => mayWrite(policy, config, { nodes, footing })),
    footingCheck(footing),
    ...owner.checks,
    recordCheck(folder),
    ...keyChecks(config.keyFile),
    await clockCheck(folder),
    ...(await Promise.all(config.scrapes.map(skewCheck))),
    diskCheck(folder),
    killSwitchCheck(config.killSwitchFile),
  ]
}

/** What a connector may read and write where it is let. */
const REACH: Readonly<Record<Config['connectors'][number]['type'], string>> = {
  process: 'reads what their shims see; may restart instances, and do what their manifests declare',
  balancer: 'reads pools and their numbers; may set weights, states, limits and the breaker of a pool',
}

async function lookAt(
  config: Config['connectors'][number],
): Promise<{ readonly check: Check; readonly discovery?: Discovery }> {
  const name = `connector ${config.name}`
  const connector = connectorOf(config)
  try {
    const discovery = await connector.discover(AbortSignal.timeout(LOOK_MS))
    const count = discovery.nodes.length
    const detail = `${count} targets; ${REACH[config.type]}`
    if (count > 0) return { check: { name, ok: true, detail }, discovery }
    const fix =
      config.type === 'process' ? `is ${config.dir} the folder of the shims' sockets?` : `has ${config.url} pools?`
    return { check: { name, ok: false, blind: true, detail: 'it knows no target', fix }, discovery }
  } catch (thrown) {
    return { check: { name, ok: false, blind: true, detail: messageOf(thrown), fix: 'see docs/configuration.md' } }
  } finally {
    await connector.close()
  }
}

function mayWrite(
  policy: Config['policies'][number],
  config: Config,
  { nodes, footing }: { readonly nodes: Discovery['nodes']; readonly footing: readonly Footing[] },
): Check {
  const name = `policy ${policy.name}`
  const covered = nodes.filter(({ ref }) => covers(policy.target, ref)).map(({ ref }) => ref)
  const own = covered.filter((ref) => footing.some(({ target }) => target === ref))
  const allowed = covered.filter((ref) => !config.never.some((pattern) => covers(pattern, ref)))
  const writes =
    config.mode === 'shadow'
      ? 'writes nothing (shadow)'
      : policy.autonomy === 'auto'
        ? 'acts by itself'
        : `may only ${policy.autonomy}`
  const never = `${covered.length - allowed.length} of them on the never list`
  const stoodOn = own.length === 0 ? '' : `, ${own.length} that Kintsugi itself stands on`
  const detail = `${writes}; covers ${covered.length} targets, ${never}${stoodOn}`
  if (covered.length > 0 && own.length === covered.length && policy.autonomy !== 'observe') {
    return { name, ok: false, detail, fix: 'it will never act: leave these to a person, and take the policy out' }
  }
  if (covered.length > 0) return { name, ok: true, detail }
  return { name, ok: false, blind: true, detail, fix: `nothing that is known now is called ${policy.target}` }
}

/** What Kintsugi would stand on if it ran here: all but its own process, which is another one. */
function footingSeen(config: Config, folder: string, seen: readonly Discovery[]): readonly Footing[] {
  const standing = { ...standingOf(config, folder), identities: [] }
  return footingOf(standing, {
    topology: topologyOf(seen.flatMap(({ nodes }) => nodes)),
    addresses: new Map(seen.flatMap(({ addresses }) => [...addresses])),
    identities: new Map(),
  })
}

function footingCheck(footing: readonly Footing[]): Check {
  const detail = footing.map(({ target, what }) => `${target} (${what})`).join('; ')
  return { name: 'stands on', ok: true, detail: detail === '' ? 'no known target' : `${detail}: never touched` }
}

function selfChecks({ ailments, heartbeat }: SelfStatus): Check[] {
  const { problem, lastAt } = heartbeat ?? {}
  const last = lastAt === undefined ? 'none was sent yet' : `the last at ${new Date(lastAt).toISOString()}`
  return [
    ...ailments.map(({ what, unlocks }) => ({ name: 'Kintsugi itself', ok: false, detail: what, fix: unlocks })),
    ...(heartbeat
      ? [{ name: 'heartbeat', ok: problem === undefined, detail: problem ?? last, fix: 'see heartbeat.url' }]
      : []),
  ]
}

type OwnerSays = { readonly checks: readonly Check[]; readonly footing?: readonly Footing[] }

async function ownerChecks(folder: string): Promise<OwnerSays> {
  try {
    const asked = Date.now()
    const { sources, record, self } = await callOwner(socketPathIn(folder)).status({})
    const tookMs = Date.now() - asked
    const problem = record.problem === undefined ? {} : { fix: record.problem }
    const checks = [
      { name: 'owner', ok: true, detail: `answers in ${tookMs} ms` },
      { name: 'record writable', ok: record.ok, detail: `entry ${record.seq}`, ...problem },
      ...sources.map((source): Check => {
        const detail = source.fresh ? 'fresh' : (source.problem ?? 'nothing came for three intervals')
        return {
          name: `source ${source.name}`,
          ok: source.fresh,
          blind: !source.fresh,
          detail,
          fix: 'see what it looks at',
        }
      }),
      ...(self ? selfChecks(self) : []),
    ]
    return { checks, ...(self && { footing: self.footing }) }
  } catch (thrown) {
    return { checks: [{ name: 'owner', ok: false, blind: true, detail: messageOf(thrown), fix: 'kintsugi serve' }] }
  }
}

function recordCheck(folder: string): Check {
  const name = 'record'
  if (!existsSync(folder)) return { name, ok: true, detail: `${folder} is not there yet: kintsugi serve makes it` }
  try {
    const { ok, entries, problems } = verifyRecord(folder)
    const fix = 'keep the folder as it is, restore a backup elsewhere: docs/record.md'
    return ok
      ? { name, ok, detail: `${entries} entries, the chain holds` }
      : { name, ok, detail: problems.join('; '), fix }
  } catch (thrown) {
    return { name, ok: false, detail: messageOf(thrown), fix: 'kintsugi serve makes a record where there is none' }
  }
}

function keyChecks(keyFile: string | undefined): Check[] {
  if (keyFile === undefined) return []
  const found = keyProblem(keyFile)
  const name = 'record key'
  if (!found) return [{ name, ok: true, detail: `${keyFile} is readable, for nobody else` }]
  return [{ name, ok: false, detail: found.problem, fix: found.fix }]
}

/** The wall clock against the boot clock since the newest entry of this boot: what they disagree by is a jump. */
async function clockCheck(folder: string): Promise<Check> {
  const name = 'clock'
  const moment = systemClock().moment()
  try {
    const reader = openReader(folder)
    const [newest] = await reader.entries({ newestFirst: true, limit: 1 })
    reader.close()
    const jump = newest && jumpBetween(newest.at, moment)
    if (!jump) return { name, ok: true, detail: 'wall and boot clock agree with the newest entry' }
    const fix = 'look at the time service; kintsugi resume after that'
    return { name, ok: false, detail: `the wall clock jumped by ${durationText(jump)} since the newest entry`, fix }
  } catch {
    return { name, ok: true, detail: 'no record yet to compare with' }
  }
}

/** Our clock against the `Date` header of a place that is scraped, which has whole seconds. */
async function skewCheck({ name: scrape, at }: Config['scrapes'][number]): Promise<Check> {
  const name = `clock of ${scrape}`
  if (!('url' in at)) return { name, ok: true, detail: 'scraped by path: compared by nothing' }
  try {
    const { headers } = await fetch(at.url, { method: 'HEAD', signal: AbortSignal.timeout(LOOK_MS) })
    const skewMs = Date.now() - Date.parse(headers.get('date') ?? '')
    if (Number.isNaN(skewMs)) return { name, ok: true, detail: 'it sends no Date' }
    const ok = Math.abs(skewMs) <= MOST_SKEW_MS
    return { name, ok, detail: `${durationText(skewMs)} away from ours`, fix: 'set the clocks by one time service' }
  } catch (thrown) {
    return { name, ok: false, blind: true, detail: messageOf(thrown), fix: `is ${at.url} there?` }
  }
}

function diskCheck(folder: string): Check {
  const place = existsSync(folder) ? folder : dirname(folder)
  try {
    const { bavail, bsize } = statfsSync(place)
    const free = bavail * bsize
    const detail = `${Math.floor(free / 1024 / 1024)} MiB free for the record`
    return { name: 'disk', ok: free >= LEAST_FREE_BYTES, detail, fix: 'free some space: a full disk stops new repairs' }
  } catch (thrown) {
    return { name: 'disk', ok: false, detail: messageOf(thrown), fix: `is ${place} there, and readable?` }
  }
}

function killSwitchCheck(file: string | undefined): Check {
  const name = 'kill switch'
  const state = readKillSwitch(file)
  if (file === undefined) return { name, ok: true, detail: 'no file configured; kintsugi pause works' }
  if (state === 'absent') return { name, ok: true, detail: `${file} is not there: open` }
  return { name, ok: false, detail: `${file}: ${state}`, fix: 'remove the file to go on' }
}
