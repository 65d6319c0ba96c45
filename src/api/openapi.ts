import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import type { Json } from '../lib/json.ts'
import { contract, type RouteName } from './contract.ts'
import { EVENTS, FeedEvent } from './contract/record.ts'
import type { Route } from './contract/route.ts'
import { Problem } from './problem.ts'

type Schema = { readonly [key: string]: Json }
export type OpenApi = Schema

const VERSION = '1'
let made: OpenApi | undefined

/** The contract as an OpenAPI 3.1 document. */
export function openApi(): OpenApi {
  return (made ??= documentOf())
}

function documentOf(): OpenApi {
  const paths: Record<string, Schema> = {}
  const add = (path: string, method: string, operation: Schema): void => {
    const template = path.replaceAll(/:(\w+)/g, '{$1}')
    paths[template] = { ...paths[template], [method.toLowerCase()]: operation }
  }
  for (const name of Object.keys(contract) as RouteName[]) {
    const route = contract[name] as Route<unknown, unknown>
    add(route.path, route.method, operationOf(name, route))
  }
  add(EVENTS.path, 'GET', eventsOperation())
  return {
    openapi: '3.1.1',
    info: {
      title: 'Kintsugi',
      version: VERSION,
      description:
        'Lists answer in pages: `items`, and `next`, the cursor to give as `after`. GET answers carry an ETag. Errors are problem documents (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, {}],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A token of the configuration (`access.tokens`). Without any configured, none is asked for, and only the machine itself may write.',
        },
      },
      schemas: { Problem: schemaOf(Problem, 'output'), Json: ANY_JSON },
      responses: {
        Problem: {
          description: 'What went wrong',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  }
}

function operationOf(name: string, route: Route<unknown, unknown>): Schema {
  const input = schemaOf(route.input, 'input')
  const properties = (input['properties'] ?? {}) as Readonly<Record<string, Schema>>
  const required = (input['required'] ?? []) as readonly string[]
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, field]) => field ?? '')
  const parameter = (field: string): Schema => ({
    name: field,
    in: inPath.includes(field) ? 'path' : 'query',
    required: inPath.includes(field) || required.includes(field),
    schema: properties[field] ?? {},
  })
  const others = Object.keys(properties).filter((field) => !inPath.includes(field))
  const body = {
    ...input,
    properties: Object.fromEntries(others.map((field) => [field, properties[field] ?? {}])),
    required: required.filter((field) => !inPath.includes(field)),
  }
  const hasBody = route.method === 'POST' && others.length > 0
  return {
    operationId: name,
    summary: route.summary,
    'x-role': route.role,
    parameters: [...inPath, ...(route.method === 'GET' ? others : [])].map(parameter),
    ...(hasBody && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      200: {
        description: 'As asked',
        ...(route.method === 'GET' && { headers: { ETag: { schema: { type: 'string' } } } }),
        content: { 'application/json': { schema: schemaOf(route.answer, 'output') } },
      },
      ...(route.method === 'GET' && { 304: { description: 'Not changed since the ETag of If-None-Match' } }),
      ...problems(route),
    },
  }
}

const PROBLEM = { $ref: '#/components/responses/Problem' }

function problems({ method, path }: Pick<Route<unknown, unknown>, 'method' | 'path'>): Schema {
  const some = ['400', '401', '403', '429', '503', ...(path.includes(':') ? ['404'] : [])]
  const all = method === 'POST' ? [...some, '409', '413', '415', '422'] : some
  return Object.fromEntries(all.sort().map((status) => [status, PROBLEM]))
}

function eventsOperation(): Schema {
  return {
    operationId: 'events',
    summary: 'What is written on the record from a position on, as server-sent events: id is the number of the entry',
    'x-role': EVENTS.role,
    parameters: [
      { name: 'after', in: 'query', required: false, schema: { type: 'integer', minimum: 0 } },
      { name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'integer', minimum: 0 } },
    ],
    responses: {
      200: {
        description: 'A stream that goes on; a comment every 15 s while nothing happens',
        content: { 'text/event-stream': { schema: schemaOf(FeedEvent, 'output') } },
      },
      ...problems({ method: 'GET', path: EVENTS.path }),
    },
  }
}

/** What a type cannot say in JSON Schema is left open; the server checks it all the same. */
function schemaOf(type: z.ZodType, io: 'input' | 'output'): Schema {
  const {
    $schema: _schema,
    $defs: _defs,
    ...schema
  } = z.toJSONSchema(type, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if ((zodSchema as unknown) === ResourceRef) Object.assign(jsonSchema, RESOURCE)
    },
  })
  // What holds itself is JSON of any kind here, and each schema would bring its own copy of that.
  return JSON.parse(JSON.stringify(schema).replaceAll(/#\/\$defs\/__schema\d+/g, JSON_REF)) as Schema
}

const RESOURCE = { type: 'string', description: 'A target: connector:namespace/kind/name' }
const JSON_REF = '#/components/schemas/Json'
const ANY_JSON: Schema = { description: 'Any JSON' }
