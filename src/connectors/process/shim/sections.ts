import { z } from 'zod'
import { parseDuration } from '../../../lib/duration.ts'

/** Paths on the instance's own address that speak the control protocol: operations. */
export type Admin = { readonly caches?: string | undefined; readonly pools?: string | undefined }

/** A JSON file of flat keys that the instance reads. */
export type Configuration = {
  readonly file: string
  /** What the instance is sent when the file was changed here; without it the instance looks by itself. */
  readonly reload?: 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | undefined
  /** How long an instance must have been ready with these values for them to count as good. */
  readonly goodAfterMs?: number | undefined
}

/** Names files that may be removed: all that match, but those younger than `olderThan` and the newest `keepNewest`. */
export type CleanRule = {
  /** Relative to the disk's path: `*` stands for anything in one part of a path, `**` for any parts, `?` for one sign. */
  readonly glob: string
  /** Such as `7d` or `90m`. */
  readonly olderThan?: string | undefined
  readonly keepNewest?: number | undefined
}

/** A folder that fills up, and what may be removed from it. */
export type Disk = {
  readonly path: string
  /** What the files in it may come to; without it the file system says how full it is. */
  readonly capacityBytes?: number | undefined
  readonly clean: readonly CleanRule[]
}

/** A command that may be run, with nothing added to it. */
export type Command = {
  readonly argv: readonly [string, ...string[]]
  readonly timeoutMs?: number | undefined
  /** It may run twice where once was meant. */
  readonly safe?: boolean | undefined
}

/** What an instance may offer beside being restarted. */
export type Sections = {
  /** Its shim runs, and it is not started until somebody asks for it. */
  readonly standby?: boolean | undefined
  readonly admin?: Admin | undefined
  readonly configuration?: Configuration | undefined
  readonly disk?: Disk | undefined
  readonly commands?: Readonly<Record<string, Command>> | undefined
  /** What it may use; told, not enforced. */
  readonly memoryLimitBytes?: number | undefined
}

const MAX_RULES = 20
const MAX_COMMANDS = 50
const MAX_TIMEOUT_MS = 60_000

const urlPath = z
  .string()
  .max(200)
  .regex(/^\/[\w./-]*$/, 'expected a path such as /admin/cache')
const filePath = z
  .string()
  .max(1000)
  .regex(/^\/[^\0]*[^/\0]$/, 'expected an absolute path below the root')
const glob = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text.split('/').every((part) => part !== '' && part !== '.' && part !== '..'), {
    error: "expected a path relative to the disk's own, without '.' and '..'",
  })
  .refine((text) => text.split('*').length <= 9, { error: 'expected at most eight stars' })
  .refine((text) => !/[[\]{}\\\0]/.test(text), { error: 'only *, ** and ? stand for something else' })
const bytes = z.int().min(1)

const cleanRule = z.strictObject({
  glob,
  olderThan: z
    .string()
    .refine((text) => parseDuration(text) !== undefined, { error: 'expected a duration such as 7d or 90m' })
    .optional(),
  keepNewest: z.int().min(0).max(1_000_000).optional(),
})
const command = z.strictObject({
  argv: z.tuple([z.string().min(1)], z.string()),
  timeoutMs: z.int().min(1).max(MAX_TIMEOUT_MS).optional(),
  safe: z.boolean().optional(),
})
const commandName = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected a plain name')

export const admin: z.ZodType<Admin> = z.strictObject({ caches: urlPath.optional(), pools: urlPath.optional() })

/** The optional part of a manifest, by key. */
export const sections: { readonly [K in keyof Sections]-?: z.ZodType<Sections[K]> } = {
  standby: z.boolean().optional(),
  admin: admin.optional(),
  configuration: z
    .strictObject({
      file: filePath,
      reload: z.enum(['SIGHUP', 'SIGUSR1', 'SIGUSR2']).optional(),
      goodAfterMs: z.int().min(1).max(86_400_000).optional(),
    })
    .optional(),
  disk: z
    .strictObject({
      path: filePath,
      capacityBytes: bytes.optional(),
      clean: z.array(cleanRule).max(MAX_RULES),
    })
    .optional(),
  commands: z
    .record(commandName, command)
    .refine((all) => Object.keys(all).length <= MAX_COMMANDS, { error: `expected at most ${MAX_COMMANDS} commands` })
    .optional(),
  memoryLimitBytes: bytes.optional(),
}
