import type { Entry, EntryKind } from '../../domain/entry.ts'
import type { Incident } from '../../domain/incident.ts'
import type { RecordReader } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Topology } from '../../domain/topology.ts'
import type { ChangeView } from '../../domain/chart.ts'
import { durationText } from '../../lib/duration.ts'
import { nearbyOf } from './nearby.ts'

/** How long before an incident is looked at, in milliseconds. */
export const HOUR_MS = 3_600_000
const MOST_CHANGES = 50
/** So many entries of a kind are read at the most: what happened long before them is no news. */
const MOST_READ = 100
/** What is seen twice in signals, now and when it was kept, may differ by so much. */
const SAME_MS = 3000

const KINDS: readonly EntryKind[] = [
  ...(['config-loaded', 'paused', 'resumed', 'held', 'released', 'owner-started', 'step-succeeded'] as const),
]

/** What the record says was changed in the hour before an incident, newest first. */
export async function recordedChanges(
  reader: RecordReader,
  incident: Incident,
  entries: readonly Entry[],
  topology: Topology,
): Promise<ChangeView[]> {
  const [first] = entries
  if (!first) return []
  const before = await newestBefore(reader, first.seq)
  const isNear = nearbyOf(incident, topology)
  const changes: ChangeView[] = []
  for (const entry of before) {
    if (entry.at.wallMs < incident.openedAt - HOUR_MS || changes.length >= MOST_CHANGES) break
    const change = changeIn(entry) ?? (await repairIn(entry, reader))
    if (change && (change.target === undefined || isNear(change.target))) changes.push(change)
  }
  return changes
}

/** One kind after the other: so each is found by an index, and nothing has to be sorted. */
async function newestBefore(reader: RecordReader, before: number): Promise<Entry[]> {
  const found = await Promise.all(
    KINDS.map(async (kind) => reader.entries({ kinds: [kind], before, newestFirst: true, limit: MOST_READ })),
  )
  return found.flat().toSorted((a, b) => b.seq - a.seq)
}

/** Newest first, each once, at most fifty. */
export function mergedChanges(...lists: readonly (readonly ChangeView[])[]): ChangeView[] {
  const merged: ChangeView[] = []
  for (const change of lists.flat().toSorted((a, b) => b.at - a.at)) {
    if (!merged.some((one) => isSame(one, change))) merged.push(change)
  }
  return merged.slice(0, MOST_CHANGES)
}

function isSame(a: ChangeView, b: ChangeView): boolean {
  return a.what === b.what && a.target === b.target && a.text === b.text && Math.abs(a.at - b.at) <= SAME_MS
}

function changeIn({ body, at: { wallMs: at } }: Entry): ChangeView | undefined {
  switch (body?.kind) {
    case 'config-loaded':
      return {
        at,
        what: 'kintsugi',
        text: `Kintsugi read its configuration: ${body.mode}, ${body.digest.slice(0, 12)}`,
      }
    case 'owner-started':
      return { at, what: 'kintsugi', text: `Kintsugi ${body.version} was started, ${body.mode}` }
    case 'paused':
      return { at, what: 'pause', by: body.by, text: `${body.freeze ? 'frozen' : 'paused'}: ${body.reason}` }
    case 'resumed':
      return { at, what: 'resume', by: body.by, text: `resumed: ${body.reason}` }
    case 'held': {
      const { target, by, forMs, reason } = body
      return { at, what: 'hold', target, by, text: `held for ${durationText(forMs)}: ${reason}` }
    }
    case 'released': {
      const { subject, by, reason } = body
      const target = subject.includes(':') ? { target: subject as ResourceRef } : {}
      return { at, what: 'release', ...target, by, text: `${subject} was released: ${reason}` }
    }
    default:
      return undefined
  }
}

/** What another run did: its plan says to whom. */
async function repairIn({ body, run, at }: Entry, reader: RecordReader): Promise<ChangeView | undefined> {
  if (body?.kind !== 'step-succeeded' || run === undefined || !body.step.endsWith('/apply')) return undefined
  const [started] = await reader.entries({ run, kinds: ['run-started'], limit: 1 })
  if (started?.body?.kind !== 'run-started') return undefined
  const { plan } = started.body
  const step = plan.steps.find(({ name }) => `${name}/apply` === body.step)
  const target = step?.target ?? plan.target
  return { at: at.wallMs, what: 'repair', target, by: 'kintsugi', text: `${step?.action ?? plan.remedy} by ${run}` }
}
