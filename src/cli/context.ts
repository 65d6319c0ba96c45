import type { Api } from '../api/contract.ts'
import { NoOwnerError } from '../api/client.ts'
import { socketPathIn } from '../api/socket.ts'
import type { Config } from '../config/config.ts'
import type { Ledger } from '../domain/ledger.ts'
import type { Status } from '../domain/operator.ts'
import type { RecordReader } from '../domain/ports.ts'
import { isRef, parseRef, type ResourceRef } from '../domain/resource.ts'
import { elapsedMs, type Moment } from '../lib/clock.ts'
import type { Unseen } from './banner.ts'
import type { CliDeps, Where } from './deps.ts'
import { jsonText } from './text.ts'

/** What `-c`, `--data` and `-o` say, before or after the command. */
export type Globals = { readonly config: string; readonly data?: string; readonly output: 'json' | 'table' }

/** What a command works with. */
export type Context = {
  readonly deps: CliDeps
  readonly globals: Globals
  /** When the command was given. */
  readonly now: Moment
}

export function whereOf({ globals }: Context): Where {
  return { configPath: globals.config, ...(globals.data !== undefined && { dataDir: globals.data }) }
}

/** The configuration; throws UsageError when the file has problems. */
export function configOf({ deps, globals }: Context): Promise<Config> {
  return deps.loadConfig(globals.config)
}

/** `--data`, else what the configuration says. */
export async function dataDirOf(context: Context): Promise<string> {
  return context.globals.data ?? (await configOf(context)).dataDir
}

/** The running owner of the data folder. */
export async function ownerOf(context: Context): Promise<Api> {
  return context.deps.callOwner(socketPathIn(await dataDirOf(context)))
}

/** Runs `use` over the record, opened read-only, and closes it whatever happens. */
export async function withReader<T>(context: Context, use: (reader: RecordReader) => Promise<T>): Promise<T> {
  const reader = context.deps.openReader(await dataDirOf(context))
  try {
    return await use(reader)
  } finally {
    reader.close()
  }
}

/** The name in full; short forms need the configuration, which says which connectors there are. */
export async function targetOf(context: Context, text: string): Promise<ResourceRef> {
  return isRef(text)
    ? text
    : parseRef(
        text,
        (await configOf(context)).connectors.map(({ name }) => name),
      )
}

/** The owner's own status; without an owner, what the record alone can tell. */
export async function sightOf(context: Context, reader?: RecordReader): Promise<Status | Unseen> {
  const owner = await ownerOf(context)
  try {
    return await owner.status({})
  } catch (error) {
    const unseen = error instanceof NoOwnerError ? 'no owner answers' : 'the owner did not say'
    const pause = reader && (await ledgerOf(context, reader)).pause
    return { unseen, ...(pause && { pause }) }
  }
}

/** Nobody in particular: holds, latches, locks and the pause are the same for all owners. */
const NOBODY: ResourceRef = 'none:none/none/none'

/** The ledger of an owner, without the holds whose time has passed. */
export async function ledgerOf({ now }: Context, reader: RecordReader, owner: ResourceRef = NOBODY): Promise<Ledger> {
  const ledger = await reader.ledger(owner)
  return { ...ledger, holds: ledger.holds.filter(({ since, forMs }) => elapsedMs(since, now) < forMs) }
}

/** One document for programs, or text for people. */
export function print({ deps, globals }: Context, json: unknown, text: string): void {
  deps.out(`${globals.output === 'json' ? jsonText(json) : text}\n`)
}
