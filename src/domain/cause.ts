import type { Moment } from '../lib/clock.ts'
import type { ResourceRef } from './resource.ts'

/** What went wrong by itself, with all that fails because of it. */
export type Cause = {
  readonly root: ResourceRef
  /** When the first of its incidents was opened. */
  readonly since: Moment
}
