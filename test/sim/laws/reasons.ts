import type { EntryBody, EntryKind } from '../../../src/domain/entry.ts'
import { objections } from '../../../src/domain/verdict.ts'
import type { Seen } from '../history.ts'
import { activeStops, awakeMs, type Sim } from '../state.ts'
import type { Law } from './law.ts'

/** What has been so for this long is felt, and what it changes is written down. */
const FELT_MS = 6000

/** What is told of an incident beside why nothing is done. */
const BESIDE: ReadonlySet<EntryKind> = new Set<EntryKind>([
  'diagnosed',
  'paged',
  'latched',
  'charted',
  'known',
  'acknowledged',
  'marked-wrong',
  'incident-changed',
])

/** `at`: by the time awake. */
type NonAction = { readonly text: string; readonly gates: ReadonlySet<string>; readonly at: number }

/**
 * Invariant 9: a non-action is recorded when its set of reasons changes, and only then. What stands in the way of all
 * that waits is known from outside: as soon as it can be felt, the last word on each has to name it, or no longer.
 */
export const reasons: Law = {
  name: '9 a non-action says why, as it is now',
  watch({ sim, fail, onEntry, onTick }) {
    const last = new Map<string, NonAction>()
    let isPaused = false
    onEntry(({ body, incident }: Seen) => {
      if (body.kind === 'paused' || body.kind === 'resumed') isPaused = body.kind === 'paused'
      if (incident === undefined) return
      const said = nonActionOf(body, awakeMs(sim))
      if (said && last.get(incident)?.text === said.text) fail(`${incident}: the same is said twice: ${said.text}`)
      if (said) last.set(incident, said)
      else if (!BESIDE.has(body.kind)) last.delete(incident)
      else if (body.kind === 'incident-changed')
        last.set(incident, { gates: new Set(), at: 0, ...last.get(incident), text: '' })
    })
    const facts = [
      factOf('kill-switch', () => (isUnsure(sim) ? undefined : isPaused || sim.killFile !== 'absent')),
      factOf('shadow', () => sim.adopted.settings.mode === 'shadow'),
      factOf('self-care', () => sim.ailing.ailments.length > 0),
    ]
    let ableSince = 0
    onTick(() => {
      const now = awakeMs(sim)
      if (!isAble(sim)) ableSince = now
      for (const fact of facts) fact.look(now)
      if (now - ableSince < FELT_MS) return
      for (const { id } of waiting(sim)) {
        const said = last.get(id)
        for (const { gate, is, since } of facts.map((fact) => fact.now())) {
          if (!said || said.gates.size === 0 || said.gates.has(gate) === is) continue
          if (now - Math.max(since, said.at) < FELT_MS) continue
          fail(`${id} says ${said.text}, and ${gate} ${is ? 'stands' : 'no longer stands'} in its way`)
        }
      }
    })
  },
}

function nonActionOf(body: EntryBody, at: number): NonAction | undefined {
  if (body.kind !== 'not-run' && body.kind !== 'would-run') return undefined
  const against = objections(body.verdict)
  const names = against.map(({ gate, answer }) => `${gate} ${answer}`).toSorted()
  const text = [body.plan.remedy, body.plan.target, ...names].join(', ')
  return { text, gates: new Set(against.map(({ gate }) => gate)), at }
}

function isAble({ life, store }: Sim): boolean {
  return life?.startedAt !== undefined && !life.isDead && life.inFlight === 0 && store.state === 'ok'
}

/** What the engine looks at anew with every turn: the law of complete records says that it knows what the record does. */
function waiting({ life }: Sim) {
  const engine = life?.running?.engine
  const open = engine?.incidents.open() ?? []
  return open.filter(
    ({ id, status, proposal, findings, attempts }) =>
      status !== 'escalated' &&
      !proposal &&
      findings.length > 0 &&
      attempts.every(({ outcome }) => outcome !== undefined) &&
      engine?.proposing.has(id) === false,
  )
}

type Fact = {
  look(now: number): void
  now(): { readonly gate: string; readonly is: boolean; readonly since: number }
}

/** A pause that the record refused is felt all the same, as long as this process lives. */
function isUnsure(sim: Sim): boolean {
  const bornAt = sim.life?.bornAt ?? 0
  const isRefused = sim.asked.some(
    ({ kind, at, acknowledgedAt }) => kind === 'paused' && at >= bornAt && acknowledgedAt === undefined,
  )
  return isRefused || activeStops(sim).some(({ isDurable }) => !isDurable)
}

/** Whether a gate has something to object to, and since when, by the time awake; undefined: nobody outside can know. */
function factOf(gate: string, look: () => boolean | undefined): Fact {
  let [is, since] = [false, 0]
  return {
    look: (now) => {
      const seen = look()
      if (seen === is) return
      is = seen ?? is
      since = now
    },
    now: () => ({ gate, is, since }),
  }
}
