import { alertRoutes, type AlertRoutes } from './contract/alerts.ts'
import { incidentRoutes, type IncidentRoutes } from './contract/incidents.ts'
import { orderRoutes, type OrderRoutes } from './contract/orders.ts'
import { recordRoutes, type RecordRoutes } from './contract/record.ts'
import type { Nothing, Route } from './contract/route.ts'
import { serverRoutes, type ServerRoutes } from './contract/server.ts'
import { viewRoutes, type ViewRoutes } from './contract/views.ts'

/**
 * The routes of the API, by the name of what they do. Server, clients, OpenAPI and who may do what are all made of this;
 * it runs in a browser as it does here.
 */
export type Contract = ServerRoutes & ViewRoutes & OrderRoutes & IncidentRoutes & AlertRoutes & RecordRoutes
export type RouteName = keyof Contract

export const contract: Contract = {
  ...serverRoutes,
  ...viewRoutes,
  ...orderRoutes,
  ...incidentRoutes,
  ...alertRoutes,
  ...recordRoutes,
}

export type InputOf<Name extends RouteName> = Contract[Name] extends Route<infer Input, infer _> ? Input : never
export type AnswerOf<Name extends RouteName> = Contract[Name] extends Route<infer _, infer Answer> ? Answer : never

/** The contract as functions: a client is one of these. */
export type Api = {
  readonly [Name in RouteName]: (...input: Given<InputOf<Name>>) => Promise<AnswerOf<Name>>
}

/** What the server fills in where a caller leaves it out. */
type Default = 'limit' | 'state' | 'order' | 'only' | 'days'
type Short<Input> = Omit<Input, keyof Input & Default> & Partial<Pick<Input, keyof Input & Default>>
type Given<Input> = Nothing extends Short<Input> ? [input?: Short<Input>] : [input: Short<Input>]
