import type { z } from 'zod'
import type { HeadsConfig, Retention } from './config.ts'
import { period, section, text } from './leaves.ts'
import { KEEP_ENTRIES_MS, KEEP_PAYLOADS_MS, SEAL_AFTER_ENTRIES, SEAL_AFTER_MS } from './profile.ts'
import { fromFolderOf } from './scope.ts'
import type { Secret } from './secret.ts'

export type RecordSection = {
  retention?: { keepPayloadsFor?: number; keepSnapshotsFor?: number; keepEntriesFor?: number; sealAfter?: number }
  heads?: { every?: number; file?: string; url?: Secret }
  encryption?: { keyFile: string }
  headFile?: string
}

export function recordSchema(secret: z.ZodType<Secret>): z.ZodType<RecordSection> {
  return section({
    retention: section({
      keepPayloadsFor: period.exactOptional(),
      keepEntriesFor: period.exactOptional(),
      keepSnapshotsFor: period.exactOptional(),
      sealAfter: period.exactOptional(),
    }).exactOptional(),
    heads: section({
      every: period.exactOptional(),
      file: text('expected a file').exactOptional(),
      url: secret.exactOptional(),
    })
      .refine(({ file, url }) => file !== undefined || url !== undefined, 'expected a file, a url, or both')
      .exactOptional(),
    headFile: text('expected a file').exactOptional(),
    encryption: section({ keyFile: text('expected a file') }).exactOptional(),
  })
}

const HEADS_EVERY_MS = 60_000

export function retentionOf({ retention = {} }: RecordSection): Retention {
  const { sealAfter, keepPayloadsFor: keepPayloadsMs = KEEP_PAYLOADS_MS, keepSnapshotsFor, keepEntriesFor } = retention
  return {
    sealAfterEntries: SEAL_AFTER_ENTRIES,
    sealAfterMs: sealAfter ?? SEAL_AFTER_MS,
    keepPayloadsMs,
    // Whoever keeps bodies for longer keeps the entries that they belong to.
    keepEntriesMs: keepEntriesFor ?? Math.max(KEEP_ENTRIES_MS, keepPayloadsMs),
    ...(keepSnapshotsFor !== undefined && { keepSnapshotsMs: keepSnapshotsFor }),
  }
}

/** Where heads go, and where the keys are; paths as seen from the folder of the configuration. */
export function recordOf(
  { heads, encryption }: RecordSection,
  configFile: string,
): { readonly heads?: HeadsConfig; readonly keyFile?: string } {
  const { every = HEADS_EVERY_MS, file, url } = heads ?? {}
  const place = { ...(file !== undefined && { file: fromFolderOf(configFile, file) }), ...(url && { url }) }
  return {
    ...(heads && { heads: { everyMs: every, ...place } }),
    ...(encryption && { keyFile: fromFolderOf(configFile, encryption.keyFile) }),
  }
}
