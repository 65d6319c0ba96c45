import { evidenceText } from '../../../src/cli/render-parts.ts'
import { summaryOf } from '../../../src/cli/render-entry.ts'
import type { Hypothesis } from '../../../src/domain/diagnosis.ts'
import type { Entry, EntryKind } from '../../../src/domain/entry.ts'
import type { Json } from '../../../src/lib/json.ts'
import type { Diff } from '../../../src/domain/action.ts'
import type { Chart } from '../../../src/domain/chart.ts'
import type { IncidentView, PlanView, StepView } from '../../../src/domain/view.ts'
import { durationText } from '../../../src/lib/duration.ts'
import { candidatesOf, gatesOf } from './ladder.ts'
import { code } from './markdown.ts'
import { harmOf, valueText } from './plot.ts'
import { sentenceOf } from './telling.ts'
import type { Say, Tongue } from './tongue.ts'
import type { incidentEn } from './words.en.ts'

type PostMortemWords = Pick<typeof incidentEn, 'endedBy' | 'fates' | 'steps' | 'kinds'> &
  (typeof incidentEn)['postMortem']

/** What a post-mortem is written with. `time` gives a moment with its date and zone. */
export type Writing = {
  readonly words: PostMortemWords
  readonly tongue: Tongue
  readonly time: (ms: number) => string
}

/**
 * An incident as the draft of a post-mortem, in Markdown: what is on record, and room for what people add. Everything
 * that came from outside stands in code spans, so that nothing in it can become markup, a link or a mention.
 */
export function postMortem(view: IncidentView, { words, tongue, time }: Writing): string {
  const say: Say = { time, duration: durationText, name: code, text: code }
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    [words.summary, [sentenceOf(view, tongue, say), '', ...facts(view, words, time)]],
    [words.impact, impact(view, words, time)],
    [words.cause, (view.incident.diagnosis?.hypotheses ?? []).flatMap((one) => causeLines(one, words))],
    [words.done, view.plans.filter(({ run }) => run !== undefined).flatMap((plan) => doneLines(plan, words, time))],
    [words.notDone, notDone(view, words)],
    [
      words.before,
      view.changes.map(({ at, by, text }) => `- ${time(at)}: ${code(text)}${by === undefined ? '' : ` (${code(by)})`}`),
    ],
    [words.timeline, view.entries.flatMap((entry) => timeLine(entry, words, time))],
  ]
  const title = `# ${words.title} ${code(view.incident.id)}: ${code(view.incident.owner)}`
  const body = sections.flatMap(([name, lines]) => [
    '',
    `## ${name}`,
    '',
    ...(lines.length > 0 ? lines : [words.nothing]),
  ])
  return [title, ...body, '', `## ${words.actions}`, '', '- [ ] ', ''].join('\n')
}

function facts({ incident }: IncidentView, words: PostMortemWords, time: Writing['time']): string[] {
  const { openedAt, closedAt, endedBy = 'unknown', severity } = incident
  const end = closedAt === undefined ? words.open : `${time(closedAt)} (${durationText(closedAt - openedAt)})`
  return [
    `- ${words.severity}: ${code(severity)}`,
    `- ${words.began}: ${time(openedAt)}`,
    `- ${words.over}: ${end}`,
    ...(closedAt === undefined ? [] : [`- ${words.endedBy[endedBy]}`]),
  ]
}

function impact({ charts, incident }: IncidentView, words: PostMortemWords, time: Writing['time']): string[] {
  const felt = incident.diagnosis?.blastRadius ?? []
  const lines = charts.map((chart) => `- ${harmLine(chart, words, time)}`)
  return felt.length > 0 ? [...lines, `- ${words.felt}: ${felt.map(code).join(', ')}`] : lines
}

function harmLine(chart: Chart, words: PostMortemWords, time: Writing['time']): string {
  const { worst, beyondMs, blindMs } = harmOf(chart)
  const name = `${code(chart.signal)} (${code(chart.target)})`
  if (!worst) return `${name}: ${words.unseen}`
  const parts = [
    `${words.worst} ${valueText(worst.value)} (${time(worst.at)})`,
    ...(chart.limit === undefined
      ? []
      : [`${words.limit} ${valueText(chart.limit)}`, `${words.beyond} ${durationText(beyondMs)}`]),
    ...(blindMs > 0 ? [`${words.blind} ${durationText(blindMs)}`] : []),
  ]
  return `${name}: ${parts.join(', ')}`
}

function causeLines(hypothesis: Hypothesis, words: PostMortemWords): string[] {
  const { summary, confidence, recommendation } = hypothesis
  const evidence = (['for', 'against'] as const).flatMap((side) =>
    hypothesis[side].map((one) => `   - ${words[side]}: ${code(evidenceText(one))}`),
  )
  const advice = recommendation === undefined ? [] : [`   - ${words.recommended}: ${code(recommendation)}`]
  return [`1. ${code(summary)} (${Math.round(confidence * 100)} %)`, ...evidence, ...advice]
}

function doneLines(view: PlanView, words: PostMortemWords, time: Writing['time']): string[] {
  const { plan, startedAt, outcome, reason } = view
  const when = startedAt === undefined ? '' : `${time(startedAt)}: `
  const why = reason === undefined ? '' : `: ${code(reason)}`
  return [
    `- ${when}${code(plan.remedy)} (${code(plan.target)}), ${words.policy} ${code(plan.policy)}; ${words.fates[outcome ?? 'running']}${why}`,
    ...view.steps.flatMap((step) => stepLines(step, words, time)),
  ]
}

function stepLines(
  { name, status, appliedAt, diff = [] }: StepView,
  words: PostMortemWords,
  time: Writing['time'],
): string[] {
  const when = appliedAt === undefined ? '' : ` (${time(appliedAt)})`
  return [`  - ${code(name)}: ${words.steps[status]}${when}`, ...diff.map((one) => `    - ${code(diffText(one))}`)]
}

function diffText({ name, from, to }: Diff): string {
  return `${name}: ${valueOf(from)} -> ${valueOf(to)}`
}

/** A value as people write it: words without quotes. */
export function valueOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function notDone(view: IncidentView, words: PostMortemWords): string[] {
  const lines = candidatesOf(view)
    .filter(({ fate }) => NOT_DONE.has(fate))
    .map(({ remedy, fate, reason }) => {
      const why = reason === undefined ? '' : `: ${code(reason)}`
      return `- ${code(remedy)}: ${words.fates[fate]}${why}`
    })
  const unmet = view.plans.filter(({ run }) => run === undefined).flatMap((plan) => gatesOf(plan).against)
  const gates = unmet.map(({ gate, reason }) => `- ${words.gate} ${code(gate)}: ${code(reason)}`)
  return [...lines, ...new Set(gates)]
}

const NOT_DONE: ReadonlySet<string> = new Set(['proposed', 'held', 'denied', 'would-run', 'refused', 'not-chosen'])

/** What a reader of a timeline can do without: each step's own beginning and looks. */
const LEFT_OUT: ReadonlySet<EntryKind> = new Set([
  'step-started',
  'undo-started',
  'notified',
  'known',
  'segment-sealed',
])

function timeLine(entry: Entry, words: PostMortemWords, time: Writing['time']): string[] {
  const { body, kind, at } = entry
  if (LEFT_OUT.has(kind)) return []
  if (body?.kind === 'step-succeeded' && !body.step.endsWith('/apply')) return []
  return [`- ${time(at.wallMs)}: ${words.kinds[kind]}: ${code(summaryOf(entry))}`]
}
