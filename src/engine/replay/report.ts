import type { Replayed } from './play.ts'
import type { Seen } from './seen.ts'
import type { Deed, Story } from './story.ts'

/** What a replay tells people and programs. Times are ISO 8601, durations milliseconds. */
export type ReplayReport = {
  readonly from: string
  readonly to: string
  readonly stepMs: number
  readonly source: string
  readonly policies: readonly string[]
  /** Policies that what was replayed cannot judge, each with the reason: they were left out. */
  readonly notJudged: readonly { readonly policy: string; readonly reason: string }[]
  /** What else a reader has to know about what was replayed. */
  readonly notes: readonly string[]
  readonly effects: { readonly simulated: false; readonly meaning: string }
  readonly counts: Counts
  /** How many incidents each gate stood in the way of, and its words there for the first time. */
  readonly gates: readonly { readonly gate: string; readonly incidents: number; readonly example: string }[]
  readonly seen: Omit<Seen, 'missing'> & {
    readonly missing: readonly {
      readonly from: string
      readonly to: string
      readonly what: string
      readonly why: string
    }[]
  }
  readonly turns: number
  readonly incidents: readonly Told[]
}

/** Of incidents; one may count in several. */
export type Counts = {
  readonly incidents: number
  readonly wouldAct: number
  readonly wouldPropose: number
  readonly held: number
  readonly denied: number
  readonly pages: number
  readonly endedAlone: number
  /** Ended alone, and Kintsugi would have acted, or asked for it, before. */
  readonly actedAndEndedAlone: number
  readonly afterEffect: number
  readonly unseen: number
  readonly open: number
  /** Nobody could see whether anything was wrong. */
  readonly blind: number
}

type Timed<T> = Omit<T, 'at'> & { readonly at: string }

export type Told = Omit<Story, 'openedAt' | 'endedAt' | 'deeds' | 'pages' | 'acted'> & {
  readonly openedAt: string
  readonly endedAt: string | null
  readonly lastedMs: number
  readonly deeds: readonly Timed<Deed>[]
  readonly pages: readonly Timed<Story['pages'][number]>[]
  readonly acted: readonly Timed<Story['acted'][number]>[]
}

export const EFFECTS =
  'Effects are not simulated: what would have been acted upon goes on as it did. What comes after a would-be repair, its incident included, is an upper bound.'

/** What the replay came to, in one document. Pure. */
export function reportOf(
  { turns, seen, stories, otherPages }: Replayed,
  about: {
    readonly fromMs: number
    readonly toMs: number
    readonly stepMs: number
    readonly source: string
    readonly policies: readonly string[]
    readonly notJudged: ReplayReport['notJudged']
    readonly notes: readonly string[]
  },
): ReplayReport {
  const { fromMs, toMs, ...rest } = about
  const missing = seen.missing.map((one) => ({ ...one, from: iso(one.from), to: iso(one.to) }))
  return {
    from: iso(fromMs),
    to: iso(toMs),
    ...rest,
    effects: { simulated: false, meaning: EFFECTS },
    counts: countsOf(stories, otherPages),
    gates: gatesOf(stories),
    seen: { ...seen, missing },
    turns,
    incidents: stories.map((story) => toldOf(story, toMs)),
  }
}

function countsOf(stories: readonly Story[], otherPages: number): Counts {
  const count = (is: (story: Story) => boolean): number => stories.filter(is).length
  const did =
    (what: Deed['what']) =>
    ({ deeds }: Story): boolean =>
      deeds.some((deed) => deed.what === what)
  return {
    incidents: stories.length,
    wouldAct: count(did('act')),
    wouldPropose: count(did('propose')),
    held: count(did('held')),
    denied: count(did('denied')),
    pages: stories.reduce((sum, { pages }) => sum + pages.length, otherPages),
    endedAlone: count(({ ended }) => ended === 'alone'),
    actedAndEndedAlone: count(({ aheadMs }) => aheadMs !== undefined),
    afterEffect: count(({ ended }) => ended === 'after-effect'),
    unseen: count(({ ended }) => ended === 'unseen'),
    open: count(({ endedAt }) => endedAt === undefined),
    blind: count(({ isBlind }) => isBlind),
  }
}

function gatesOf(stories: readonly Story[]): ReplayReport['gates'] {
  const gates = new Map<string, { incidents: number; readonly example: string }>()
  for (const { deeds } of stories) {
    const objecting = new Map(deeds.toReversed().flatMap((deed) => deed.gates.map((one) => [one.gate, one] as const)))
    for (const { gate, reason } of objecting.values()) {
      const known = gates.get(gate)
      if (known) known.incidents += 1
      else gates.set(gate, { incidents: 1, example: reason })
    }
  }
  return [...gates]
    .map(([gate, one]) => ({ gate, ...one }))
    .sort((a, b) => b.incidents - a.incidents || (a.gate < b.gate ? -1 : 1))
}

function toldOf({ openedAt, endedAt, deeds, pages, acted, ...story }: Story, toMs: number): Told {
  return {
    ...story,
    openedAt: iso(openedAt),
    endedAt: endedAt === undefined ? null : iso(endedAt),
    lastedMs: (endedAt ?? toMs) - openedAt,
    deeds: deeds.map(timed),
    pages: pages.map(timed),
    acted: acted.map(timed),
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
const timed = <T extends { readonly at: number }>(one: T): Timed<T> => ({ ...one, at: iso(one.at) })
