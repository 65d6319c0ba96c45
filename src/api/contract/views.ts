import { z } from 'zod'
import type { LoudSeries, Overview, PauseView, PlanView, PolicyView, TargetView } from '../../domain/view.ts'
import {
  LoudSeriesAnswer,
  OverviewAnswer,
  PauseViewAnswer,
  PlanViewAnswer,
  PolicyViewAnswer,
  TargetViewAnswer,
} from '../answers-views.ts'
import { get, id, none, type Nothing, type Route } from './route.ts'

export type ViewRoutes = {
  readonly overview: Route<Nothing, Overview>
  readonly targets: Route<Nothing, readonly TargetView[]>
  readonly policies: Route<Nothing, readonly PolicyView[]>
  readonly pauses: Route<Nothing, readonly PauseView[]>
  readonly loud: Route<Nothing, readonly LoudSeries[]>
  readonly plans: Route<{ readonly incident: string }, readonly PlanView[]>
}

export const viewRoutes: ViewRoutes = {
  overview: get('/overview', 'What needs a person, what is being touched, the last day', none, OverviewAnswer),
  targets: get('/targets', 'Every known target, how it is and why', none, z.array(TargetViewAnswer)),
  policies: get('/policies', 'Policies with what they come to now', none, z.array(PolicyViewAnswer)),
  pauses: get('/pauses', 'Everything that keeps its hands still now, and what ends it', none, z.array(PauseViewAnswer)),
  loud: get(
    '/loud',
    'Which series look odd now by their own past, the loudest first: to be looked at, and a reason for nothing',
    none,
    z.array(LoudSeriesAnswer),
  ),
  plans: get(
    '/plans',
    'The plans of an incident, newest first',
    z.strictObject({ incident: id }),
    z.array(PlanViewAnswer),
  ),
}
