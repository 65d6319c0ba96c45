import { z } from 'zod'
import type { Entry } from '../domain/entry.ts'
import type { Incident } from '../domain/incident.ts'
import type { RunRow } from '../domain/ledger.ts'
import type { AlertPlan, AlertView, Order, Status } from '../domain/operator.ts'
import { ResourceRef } from '../domain/resource.ts'
import type { IncidentView, Overview, PlanView, PolicyView, TargetView } from '../domain/view.ts'
import type { Json } from '../lib/json.ts'
import type { Refused } from '../signals/alertmanager.ts'
import { AlertPlanAnswer, AlertViewAnswer, EntryAnswer, IncidentAnswer, RunAnswer, StatusAnswer } from './answers.ts'

import {
  IncidentViewAnswer,
  OverviewAnswer,
  PlanViewAnswer,
  PolicyViewAnswer,
  TargetViewAnswer,
} from './answers-views.ts'

/**
 * One route: what goes in and what comes out. `input` gathers all that a caller gives: the fields named in the path, then
 * the query of a GET or the JSON body of a POST.
 */
export type Route<Input, Answer> = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly summary: string
  /** Bytes that a body may have; absent: what a small order needs. */
  readonly bodyLimit?: number
  readonly input: z.ZodType<Input>
  readonly answer: z.ZodType<Answer>
}

export type Nothing = Readonly<Record<string, never>>
export type ById = { readonly id: string }
export type Page = { readonly after: number; readonly limit: number }
export type PauseOrder = Order & { readonly freeze: boolean }
export type HoldOrder = Order & { readonly target: ResourceRef; readonly forMs: number }
export type ReleaseOrder = Order & { readonly subject: string }
export type AlertsPage = { readonly limit: number; readonly only: 'all' | 'idle' }
/** The body of a webhook, or of `POST /api/v2/alerts`. */
export type AlertBody = { readonly body: Json }
export type AlertPreview = { readonly plans: readonly AlertPlan[]; readonly refused: readonly Refused[] }
export type RunStory = { readonly run: RunRow; readonly entries: readonly Entry[] }

/** The routes of the local API, by the name of what they do. */
export type Contract = {
  readonly status: Route<Nothing, Status>
  readonly pause: Route<PauseOrder, Nothing>
  readonly resume: Route<Order, Nothing>
  readonly hold: Route<HoldOrder, Nothing>
  readonly release: Route<ReleaseOrder, Nothing>
  readonly reload: Route<Nothing, Nothing>
  readonly wake: Route<Nothing, Nothing>
  readonly incidents: Route<{ readonly limit: number }, readonly Incident[]>
  readonly incident: Route<ById, IncidentView>
  readonly overview: Route<Nothing, Overview>
  readonly targets: Route<Nothing, readonly TargetView[]>
  readonly policies: Route<Nothing, readonly PolicyView[]>
  readonly plans: Route<{ readonly incident: string }, readonly PlanView[]>
  readonly run: Route<ById, RunStory>
  readonly alerts: Route<AlertsPage, readonly AlertView[]>
  readonly preview: Route<AlertBody, AlertPreview>
  readonly record: Route<Page, readonly Entry[]>
}

/** The contract as functions: the server answers with one of these, a client is one of these. */
export type Api = {
  readonly [Name in keyof Contract]: Contract[Name] extends Route<infer Input, infer Answer>
    ? (input: Input) => Promise<Answer>
    : never
}

/** A record is read in pages of at most so many entries. */
export const PAGE_LIMIT = 1000
/** As much as a sender of alerts may post. */
const PREVIEW_LIMIT_BYTES = 8 * 1024 * 1024
const YEAR_MS = 365 * 24 * 3_600_000

const none: z.ZodType<Nothing> = z.strictObject({})
/** Everything that goes on the record for good is bounded, and never empty. */
const text = z.string().trim().min(1).max(1000)
const order = { by: text, reason: text }
const id = z.string().min(1).max(200)
const limit = z.coerce.number().int().min(1).max(PAGE_LIMIT).default(100)

const get = <Input, Answer>(
  path: string,
  summary: string,
  input: z.ZodType<Input>,
  answer: z.ZodType<Answer>,
): Route<Input, Answer> => ({ method: 'GET', path, summary, input, answer })

const post = <Input>(path: string, summary: string, input: z.ZodType<Input>): Route<Input, Nothing> => ({
  method: 'POST',
  path,
  summary,
  input,
  answer: none,
})

export const contract: Contract = {
  status: get('/api/v1/status', 'May it write, can it see, is the record whole', none, StatusAnswer),
  pause: post(
    '/api/v1/pause',
    'Start nothing new; with freeze, stop dead',
    z.strictObject({ ...order, freeze: z.boolean() }),
  ),
  resume: post('/api/v1/resume', 'End a pause', z.strictObject(order)),
  hold: post(
    '/api/v1/hold',
    'Declare maintenance of one target',
    z.strictObject({ ...order, target: ResourceRef, forMs: z.int().min(1000).max(YEAR_MS) }),
  ),
  release: post(
    '/api/v1/release',
    'Free a parked or stuck run, or a held or latched target',
    z.strictObject({ ...order, subject: id }),
  ),
  reload: post('/api/v1/reload', 'Read the configuration file again', none),
  wake: post('/api/v1/wake', 'Read the world anew at once', none),
  incidents: get('/api/v1/incidents', 'Incidents, newest first', z.strictObject({ limit }), z.array(IncidentAnswer)),
  incident: get(
    '/api/v1/incidents/:id',
    'One incident: its entries, plans, charts, and what changed before it',
    z.strictObject({ id }),
    IncidentViewAnswer,
  ),
  overview: get('/api/v1/overview', 'What needs a person, what is being touched, the last day', none, OverviewAnswer),
  targets: get('/api/v1/targets', 'Every known target, how it is and why', none, z.array(TargetViewAnswer)),
  policies: get('/api/v1/policies', 'Policies with what they come to now', none, z.array(PolicyViewAnswer)),
  plans: get(
    '/api/v1/plans',
    'The plans of an incident, newest first',
    z.strictObject({ incident: id }),
    z.array(PlanViewAnswer),
  ),
  run: get(
    '/api/v1/runs/:id',
    'One run and its log',
    z.strictObject({ id }),
    z.object({ run: RunAnswer, entries: z.array(EntryAnswer) }),
  ),
  alerts: get(
    '/api/v1/alerts',
    'Received alerts, newest first; only idle: those that nothing will be done about',
    z.strictObject({ limit, only: z.enum(['all', 'idle']).default('all') }),
    z.array(AlertViewAnswer),
  ),
  preview: {
    method: 'POST',
    path: '/api/v1/preview',
    summary: 'What would be done about these alerts; nothing is',
    bodyLimit: PREVIEW_LIMIT_BYTES,
    input: z.strictObject({ body: z.json() }),
    answer: z.object({
      plans: z.array(AlertPlanAnswer),
      refused: z.array(z.object({ index: z.number(), reason: z.string() })),
    }),
  },
  record: get(
    '/api/v1/record',
    'Entries of the record, oldest first',
    z.strictObject({ after: z.coerce.number().int().min(0).default(0), limit }),
    z.array(EntryAnswer),
  ),
}
