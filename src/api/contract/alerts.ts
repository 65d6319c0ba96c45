import { z } from 'zod'
import type { AlertPlan, AlertView } from '../../domain/operator.ts'
import type { Json } from '../../lib/json.ts'
import type { Refused } from '../../signals/alertmanager.ts'
import { AlertPlanAnswer, AlertViewAnswer } from '../answers.ts'
import { get, pageOf, paging, post, type PageOf, type Paging, type Route } from './route.ts'

export type AlertsPage = Paging & { readonly only: 'all' | 'idle' }
/** The body of a webhook, or of `POST /api/v2/alerts`. */
export type AlertBody = { readonly body: Json }
export type AlertPreview = { readonly plans: readonly AlertPlan[]; readonly refused: readonly Refused[] }

export type AlertRoutes = {
  readonly alerts: Route<AlertsPage, PageOf<AlertView>>
  readonly preview: Route<AlertBody, AlertPreview>
}

/** As much as a sender of alerts may post. */
const PREVIEW_LIMIT_BYTES = 8 * 1024 * 1024

export const alertRoutes: AlertRoutes = {
  alerts: get(
    '/alerts',
    'Received alerts, newest first; only idle: those that nothing will be done about',
    z.strictObject({ ...paging, only: z.enum(['all', 'idle']).default('all') }),
    pageOf(AlertViewAnswer),
  ),
  preview: {
    ...post(
      '/preview',
      'viewer',
      'What would be done about these alerts; nothing is',
      z.strictObject({ body: z.json() }),
      z.object({
        plans: z.array(AlertPlanAnswer),
        refused: z.array(z.object({ index: z.number(), reason: z.string() })),
      }),
    ),
    bodyLimit: PREVIEW_LIMIT_BYTES,
  },
}
