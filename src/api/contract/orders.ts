import { z } from 'zod'
import type { Approved } from '../../domain/operator.ts'
import { ResourceRef } from '../../domain/resource.ts'
import { id, none, post, text, type Nothing, type Route } from './route.ts'

/**
 * What a person orders, and why. `by` is the name of the token; only where nobody needs one (on the machine itself) the
 * caller says who they are.
 */
export type Ordered = { readonly by?: string; readonly reason: string }
export type OrderAbout = Ordered & { readonly id: string }
export type PauseOrder = Ordered & { readonly freeze: boolean }
export type HoldOrder = Ordered & { readonly target: ResourceRef; readonly forMs: number }
export type AnnounceOrder = Ordered & {
  readonly target: ResourceRef
  readonly actor: 'deployment' | 'maintenance'
  readonly forMs: number
  /** Above 0, at most 1. */
  readonly share: number
}
export type AcknowledgeOrder = OrderAbout & { readonly forMs?: number }
export type ReleaseOrder = Ordered & { readonly subject: string }

/** What changes something: every one is a POST. */
export type OrderRoutes = {
  readonly pause: Route<PauseOrder, Nothing>
  readonly resume: Route<Ordered, Nothing>
  readonly hold: Route<HoldOrder, Nothing>
  readonly announce: Route<AnnounceOrder, { readonly id: string }>
  readonly endAnnouncement: Route<OrderAbout, Nothing>
  readonly release: Route<ReleaseOrder, Nothing>
  readonly approve: Route<OrderAbout, Approved>
  readonly reject: Route<OrderAbout, Nothing>
  readonly takeOver: Route<OrderAbout, Nothing>
  readonly acknowledge: Route<AcknowledgeOrder, Nothing>
  readonly wrong: Route<OrderAbout, Nothing>
  readonly reload: Route<Nothing, Nothing>
  readonly wake: Route<Nothing, Nothing>
}

/** An approval looks at every target of the plan first: three tries of the slowest. */
const APPROVAL_MS = 60_000
const YEAR_MS = 365 * 24 * 3_600_000
const forMs = z.int().min(1000).max(YEAR_MS)
const order = { by: text.exactOptional(), reason: text }
const about = z.strictObject({ ...order, id })

export const orderRoutes: OrderRoutes = {
  pause: post(
    '/pause',
    'operator',
    'Start nothing new; with freeze, stop dead',
    z.strictObject({ ...order, freeze: z.boolean() }),
    none,
  ),
  resume: post('/resume', 'operator', 'End a pause', z.strictObject(order), none),
  hold: post(
    '/hold',
    'operator',
    'Declare maintenance of one target',
    z.strictObject({ ...order, target: ResourceRef, forMs }),
    none,
  ),
  announce: post(
    '/announcements',
    'operator',
    'Say what a deployment or a maintenance disturbs: it counts against what may be disturbed at once',
    z.strictObject({
      ...order,
      target: ResourceRef,
      actor: z.enum(['deployment', 'maintenance']),
      forMs: z.int().min(1000).max(YEAR_MS),
      share: z.number().positive().max(1).default(1),
    }),
    z.object({ id: z.string() }),
  ),
  endAnnouncement: post('/announcements/:id/end', 'operator', 'Say that what was announced is over', about, none),
  release: post(
    '/release',
    'operator',
    'Free a parked or stuck run, a held or latched target, an incident that was taken over, or all from a `storm`',
    z.strictObject({ ...order, subject: id }),
    none,
  ),
  approve: {
    ...post(
      '/proposals/:id/approve',
      'approver',
      'Say yes to a proposal: its run starts, unless the world or a gate has changed its mind, or another person must say yes too',
      about,
      z.union([z.object({ run: z.string() }), z.object({ wants: z.string() })]),
    ),
    patienceMs: APPROVAL_MS,
  },
  reject: post(
    '/proposals/:id/reject',
    'approver',
    'Say no to a proposal: its remedy is not tried on that target in this incident',
    about,
    none,
  ),
  takeOver: post(
    '/incidents/:id/take-over',
    'operator',
    'Take an incident over: nothing more is begun in it until it is released',
    about,
    none,
  ),
  acknowledge: post(
    '/incidents/:id/acknowledge',
    'operator',
    'Say that you look at an incident, named by its id or by the fingerprint of one of its alerts: nothing is begun on its owner meanwhile',
    z.strictObject({ ...order, id, forMs: forMs.exactOptional() }),
    none,
  ),
  wrong: post(
    '/incidents/:id/wrong',
    'operator',
    'Write down that an incident, or a run, was treated wrongly',
    about,
    none,
  ),
  reload: post('/reload', 'admin', 'Read the configuration file again', none, none),
  wake: post('/wake', 'operator', 'Read the world anew at once', none, none),
}
