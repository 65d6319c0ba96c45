import { z } from 'zod'
import { key } from './protocol.ts'
import { admin, sections, type Admin, type Sections } from './sections.ts'

/** How an instance is asked whether it can serve; `none`: running is enough. */
export type Ready = { readonly http: string } | { readonly tcp: true } | 'none'

/** What a shim is started with: one instance of one service, and the folder for its socket, log and state file. */
export type Manifest = Sections & {
  readonly namespace: string
  readonly service: string
  readonly instance: string
  /** The program and its arguments; never read by a shell. */
  readonly command: readonly string[]
  /** The instance gets this and `PATH`, and nothing else of the shim's own environment. */
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly cwd?: string | undefined
  /** Where the instance serves, as `host:port`. */
  readonly address: string
  /** Names of services in the same namespace. */
  readonly dependsOn: readonly string[]
  readonly ready: Ready
  /** `<dir>/<instance>.sock`, `.log` and `.json` are the shim's. */
  readonly dir: string
}

/** One restart that was done, by the idempotency key under which it was asked for. `at` is epoch milliseconds. */
export type Effect = { readonly key: string; readonly at: number; readonly kind: 'restart' }

/** How the instance ended; all but `at` null when the ending was not seen. */
export type Exit = { readonly code: number | null; readonly signal: string | null; readonly at: number }

/** Capabilities that go through the shim; those of {@link Admin} go to the instance itself. */
export type Offer = 'configuration' | 'disks' | 'commands'

export type About = Pick<Manifest, 'namespace' | 'service' | 'instance' | 'address' | 'dependsOn'> & {
  readonly standby: boolean
  readonly admin: Admin
  readonly offers: readonly Offer[]
}

type Life = {
  /** `bootId/pid/startTime` of the process now, or of the last one. */
  readonly identity: string
  readonly startedAtMs: number
  /** Restarts done, ever. */
  readonly restarts: number
  readonly effects: readonly Effect[]
  /** It is to run: always, unless it stands by and nobody has asked for it. */
  readonly wanted: boolean
}

/** The answer to `GET /state`; its `effects` are the last hundred. */
export type State = About &
  Life & {
    readonly running: boolean
    readonly ready: boolean
    readonly exit: Exit | null
    /** Of its configuration file. */
    readonly configChangedAtMs?: number | undefined
    readonly diskUsedPercent?: number | undefined
    readonly memoryLimitBytes?: number | undefined
  }

/** What the shim keeps on disk: it outlives a kill -9 of the shim, and names the instance when the shim is dead. */
export type Kept = About &
  Life & {
    /** Key of a restart that was begun and may have been cut off. */
    readonly pending: string | null
    /** How often a standby instance was asked for or sent away, and by which orders. */
    readonly replica: { readonly revision: number; readonly keys: readonly string[] }
  }

/** `POST /restart`. A ready instance is asked to end and given `graceMs`; one that is not, or with `force`, is killed. */
export type Restart = {
  readonly ifIdentity: string
  readonly key: string
  readonly graceMs: number
  readonly force: boolean
}

/** `POST /stop`: ends the instance and its shim. */
export type Stop = Pick<Restart, 'graceMs' | 'force'>

/** The answer to a restart that is done; `repeated` when it had been done before under this key. */
export type Restarted = { readonly repeated: boolean; readonly identity: string }

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected letters, digits, dots, dashes and underscores')
const graceMs = z.int().min(0).max(60_000).default(1000)
const force = z.boolean().default(false)

const served = {
  namespace: name,
  service: name,
  instance: name,
  address: z.string().regex(/^[^\s/@]+:\d{1,5}$/, 'expected host:port'),
  dependsOn: z.array(name),
}
// A shim from before these were known says nothing of them.
const about = {
  ...served,
  standby: z.boolean().default(false),
  admin: admin.default({}),
  offers: z.array(z.enum(['configuration', 'disks', 'commands'])).default([]),
}
const life = {
  identity: z.string(),
  startedAtMs: z.number(),
  restarts: z.int(),
  effects: z.array(z.object({ key, at: z.number(), kind: z.literal('restart') })),
  wanted: z.boolean().default(true),
}

export const Manifest: z.ZodType<Manifest> = z.strictObject({
  ...served,
  ...sections,
  command: z.array(z.string()).min(1),
  env: z.record(z.string(), z.string()).optional(),
  cwd: z.string().optional(),
  dependsOn: served.dependsOn.default([]),
  ready: z
    .union([
      z.strictObject({ http: z.string().startsWith('/') }),
      z.strictObject({ tcp: z.literal(true) }),
      z.literal('none'),
    ])
    .default('none'),
  dir: z.string().min(1),
})

export const State: z.ZodType<State> = z.object({
  ...about,
  ...life,
  running: z.boolean(),
  ready: z.boolean(),
  exit: z.object({ code: z.number().nullable(), signal: z.string().nullable(), at: z.number() }).nullable(),
  configChangedAtMs: z.number().optional(),
  diskUsedPercent: z.number().optional(),
  memoryLimitBytes: z.number().optional(),
})

export const Kept: z.ZodType<Kept> = z.object({
  ...about,
  ...life,
  pending: key.nullable(),
  replica: z.object({ revision: z.int(), keys: z.array(key) }).default({ revision: 0, keys: [] }),
})
export const Restart: z.ZodType<Restart> = z.strictObject({ ifIdentity: z.string(), key, graceMs, force })
export const Stop: z.ZodType<Stop> = z.strictObject({ graceMs, force })
export const Restarted: z.ZodType<Restarted> = z.object({ repeated: z.boolean(), identity: z.string() })
