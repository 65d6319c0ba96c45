import { endLeftover, startChild, type Child } from './child.ts'
import type { Files } from './files.ts'
import { isFrozen } from './proc.ts'
import { readinessOf } from './readiness.ts'
import type { About, Effect, Kept, Manifest, Offer, Stop } from './schema.ts'
import { KEYS_KEPT } from './protocol.ts'

/** What an instance that is sent away may take to finish what it does. */
const LEAVE: Stop = { graceMs: 1000, force: false }

/** The instance's process and what is kept of it, and the few things that are done to both. */
export type Care = {
  kept(): Kept
  /** Undefined where it was never started, or was sent away. */
  child(): Child | undefined
  isReady(asked: Child): Promise<boolean>
  /** Changes what is kept, on disk first. */
  save(change: Partial<Kept>): void
  /** Starts it, and brings what was pending to its end; not yet on disk. */
  start(): Promise<void>
  end(how: Stop): Promise<void>
  /** Makes the process what is wanted: there, or not there. A dead one that is wanted is left as it is. */
  settle(): Promise<void>
}

/** Takes over from an earlier shim: what it left running is ended, since there must never be two. Starts nothing. */
export async function careFor(manifest: Manifest, files: Files, bootId: string): Promise<Care> {
  const readiness = readinessOf(manifest.ready, manifest.address)
  let kept = keptBefore(manifest, files)
  let child: Child | undefined
  const isReady = async (asked: Child): Promise<boolean> =>
    asked.exit() === null && !isFrozen(asked.pid) && readiness(asked.identity)
  const start = async (): Promise<void> => {
    child = await startChild(manifest, files.log, bootId)
    const { identity, startedAtMs } = child
    kept = { ...kept, identity, startedAtMs, ...finished(kept, startedAtMs) }
    files.note(`started ${identity}`)
  }
  const end = async ({ graceMs, force }: Stop): Promise<void> => {
    if (!child) return
    const answers = !force && (await isReady(child))
    await child.end(answers ? graceMs : 0)
  }
  const leave = async (how: Stop): Promise<void> => {
    await end(how)
    child = undefined
  }
  await endLeftover(kept.identity, bootId)
  return {
    kept: () => kept,
    child: () => child,
    isReady,
    save: (change) => {
      const next = { ...kept, ...change }
      files.save(next)
      kept = next
    },
    start,
    end,
    settle: async () => {
      if (!kept.wanted) return leave(LEAVE)
      if (child) return
      await start()
      try {
        files.save(kept)
      } catch (thrown) {
        // Nobody would know of it.
        await leave({ graceMs: 0, force: true })
        throw thrown
      }
    },
  }
}

function keptBefore(manifest: Manifest, files: Files): Kept {
  const about = aboutOf(manifest)
  const before = files.load()
  const wanted = !about.standby || (before?.wanted ?? false)
  const fresh = { identity: '', startedAtMs: 0, restarts: 0, effects: [], pending: null }
  return { ...fresh, replica: { revision: 0, keys: [] }, ...before, wanted, ...about }
}

function aboutOf(manifest: Manifest): About {
  const { namespace, service, instance, address, dependsOn, standby = false, admin = {} } = manifest
  const offers: Offer[] = []
  if (manifest.configuration) offers.push('configuration')
  if (manifest.disk && manifest.disk.clean.length > 0) offers.push('disks')
  if (manifest.commands) offers.push('commands')
  return { namespace, service, instance, address, dependsOn, standby, admin, offers }
}

/** What starting the instance changes in the books when a restart was under way. */
function finished({ pending, restarts, effects }: Kept, at: number): Partial<Kept> {
  if (pending === null) return {}
  const effect: Effect = { key: pending, at, kind: 'restart' }
  return { pending: null, restarts: restarts + 1, effects: [...effects, effect].slice(-KEYS_KEPT) }
}
