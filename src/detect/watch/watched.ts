import type { ResourceRef } from '../../domain/resource.ts'
import type { SeriesAbout } from '../../domain/series.ts'

/** A series as the watch is told of it. */
export type Watched = SeriesAbout & { readonly target?: ResourceRef; readonly intervalMs: number }
