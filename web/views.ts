import { z } from 'zod'
import { get, none, type ById, type Nothing, type Route } from '../src/api/contract/route.ts'
import type { IncidentView, Overview, PlanView, PolicyView, TargetView } from '../src/domain/view.ts'

/** Routes of views, until they stand in the contract. */
type ViewRoutes = {
  readonly overview: Route<Nothing, Overview>
  readonly targets: Route<Nothing, readonly TargetView[]>
  readonly policies: Route<Nothing, readonly PolicyView[]>
  readonly plans: Route<{ readonly incident: string }, readonly PlanView[]>
  readonly incident: Route<ById, IncidentView>
}

const any = z.unknown() as unknown as z.ZodType<never>

export const viewRoutes: ViewRoutes = {
  overview: get('/overview', '', none, any),
  targets: get('/targets', '', none, any),
  policies: get('/policies', '', none, any),
  plans: get('/plans', '', z.object({ incident: z.string() }), any),
  incident: get('/incidents/:id', '', z.object({ id: z.string() }), any),
}
