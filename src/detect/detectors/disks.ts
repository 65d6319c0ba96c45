import type { Finding } from '../../domain/finding.ts'
import { fingerprintOf } from '../fingerprint.ts'
import { DISK_MODEL } from '../disks/model.ts'
import { beginDisk } from '../disks/risk.ts'
import { drivesOf, type Drive } from '../disks/smart.ts'
import type { Detector, World } from '../world.ts'

/** No policy can be called so: what is learned is for people, and no ladder is climbed for it. */
const FAILING = 'smart:failing-disk'
/** What the model foresees, it foresees for this time. */
const AHEAD_MS = 14 * 86_400_000
/** A warning ends where the risk is clearly below what begins one, in log-odds. */
const CLEARLY = 0.3

/** Drives that look like drives that failed within two weeks: by what they say of themselves (SMART), and a shipped model. */
export const disksDetector: Detector = {
  name: 'disks',
  detect: (_, world) =>
    [...world.topology.keys()].flatMap((target) =>
      drivesOf(world.windows, target, world.now).flatMap((drive) => {
        const fingerprint = fingerprintOf(`${FAILING} ${drive.name}`, target)
        const logOdds = drive.days.map(beginDisk()).at(-1)?.logOdds ?? Number.NEGATIVE_INFINITY
        const isOpen = world.open.has(fingerprint)
        const limit = DISK_MODEL.warnAt - (isOpen ? CLEARLY : 0)
        // What nobody tells of any more has not become well; what was well is no finding for that.
        return logOdds >= limit && (isOpen || !drive.isStale)
          ? [failing(drive, { target, fingerprint, logOdds }, world)]
          : []
      }),
    ),
}

function failing(
  { name, model, days, at, isStale }: Drive,
  { target, fingerprint, logOdds }: Pick<Finding, 'target' | 'fingerprint'> & { readonly logOdds: number },
  { now }: World,
): Finding {
  const today = days.at(-1)
  const share = 1 / (1 + Math.exp(-logOdds))
  const said = { reallocated: today?.reallocated ?? 0, pending: today?.pending ?? 0 }
  const evidence = Object.entries(said).flatMap(([word, value]) =>
    Number.isFinite(value) ? [{ signal: `${word} sectors of ${name}`, value, at }] : [],
  )
  const which = model === '' ? name : `${name} (${model})`
  return {
    fingerprint,
    policy: FAILING,
    target,
    state: isStale ? 'blind' : 'violated',
    since: at,
    severity: 'warning',
    summary: `${target}: disk ${which} fails within two weeks with a chance of ${Math.round(share * 100)} %, a model says`,
    evidence: [{ signal: `risk of ${name}, learned`, value: Number(share.toPrecision(3)), at }, ...evidence],
    lead: 'forecast',
    dueAt: now + AHEAD_MS,
  }
}
