import { z } from 'zod'
import type { Status } from '../../domain/operator.ts'
import { ROLES, type Role } from '../../domain/role.ts'
import type { Json } from '../../lib/json.ts'
import { StatusAnswer } from '../answers.ts'
import { get, none, post, type Nothing, type Route } from './route.ts'

/** Who asks, as the server sees them. */
export type Me = {
  readonly name: string
  readonly role: Role
  /** Whether tokens are configured at all. */
  readonly tokens: boolean
  /** Where the lab's control server is, in the demo. */
  readonly demo: { readonly lab?: string }
}
/** The configuration in force, by section; secrets are left out. */
export type ConfigShown = { readonly digest: string; readonly sections: Readonly<Record<string, string>> }
export type Fault = { readonly name: string }
type Document = { readonly [key: string]: Json }

export type ServerRoutes = {
  readonly status: Route<Nothing, Status>
  readonly me: Route<Nothing, Me>
  readonly config: Route<Nothing, ConfigShown>
  readonly openapi: Route<Nothing, Document>
  readonly lab: Route<Nothing, Document>
  readonly inject: Route<Fault, Document>
  readonly undo: Route<Fault, Document>
}

const document: z.ZodType<Document> = z.record(z.string(), z.json())
const fault = z.strictObject({ name: z.string().regex(/^[\w-]{1,64}$/) })

export const serverRoutes: ServerRoutes = {
  status: get('/status', 'May it write, can it see, is the record whole', none, StatusAnswer),
  me: get(
    '/me',
    'Who asks, and what they may do',
    none,
    z.looseObject({
      name: z.string(),
      role: z.enum(ROLES),
      tokens: z.boolean(),
      demo: z.looseObject({ lab: z.string().exactOptional() }),
    }),
    'anyone',
  ),
  config: get(
    '/config',
    'The configuration in force, by section; secrets are left out',
    none,
    z.looseObject({ digest: z.string(), sections: z.record(z.string(), z.string()) }),
  ),
  openapi: get('/openapi.json', 'This contract as OpenAPI 3.1', none, document),
  lab: get('/lab', 'In the demo only: what the lab can break, and what is broken', none, document),
  inject: post('/lab/faults/:name', 'operator', 'In the demo only: break something', fault, document),
  undo: post('/lab/faults/:name/undo', 'operator', 'In the demo only: take a fault back', fault, document),
}
