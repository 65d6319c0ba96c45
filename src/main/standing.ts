import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import { basename, dirname } from 'node:path'
import type { Config } from '../config/config.ts'
import { identityOf } from '../connectors/process/shim/proc.ts'
import type { Standing } from '../domain/footing.ts'
import { systemClock } from '../lib/clock.ts'

/** Where this very process stands. */
export function standingOf({ self, listen }: Pick<Config, 'self' | 'listen'>, folder: string): Standing {
  const full = hostname().toLowerCase()
  return {
    hostnames: [...new Set([full, full.split('.')[0] ?? full])],
    addresses: Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address)),
    listens: `${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${listen.port}`,
    identities: identitiesHere(),
    disks: disksUnder(folder),
    sources: self.sources,
    standsOn: self.standsOn,
  }
}

/** Of this process and of those that started it; only of this process where there is no `/proc`. */
function identitiesHere(): readonly string[] {
  const { bootId } = systemClock().moment()
  const found: string[] = []
  for (let pid = process.pid; pid > 0 && found.length < 64; pid = parentOf(pid)) {
    found.push(identityOf(bootId, pid, 0))
  }
  return found
}

function parentOf(pid: number): number {
  try {
    const [, parent] = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(parent ?? 0)
  } catch {
    return 0
  }
}

/** The name of the device that a folder lies on, as `/proc` has it; none where that is unknown, or no device. */
function disksUnder(folder: string): readonly string[] {
  try {
    const place = realpathSync(existsSync(folder) ? folder : dirname(folder))
    const { dev } = statSync(place)
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
    const device = mounts
      .find((line) => line.split(' ')[2] === deviceText(dev))
      ?.split(' - ')[1]
      ?.split(' ')[1]
    return device?.startsWith('/dev/') ? [basename(device)] : []
  } catch {
    return []
  }
}

/** `major:minor` of a device number, as Linux packs it. */
function deviceText(dev: number): string {
  const bits = BigInt(dev)
  const major = ((bits >> 8n) & 0xfffn) | ((bits >> 32n) & ~0xfffn)
  const minor = (bits & 0xffn) | ((bits >> 12n) & ~0xffn)
  return `${major}:${minor}`
}
