import type { ResourceRef } from './resource.ts'

/** What went wrong by itself, with all that fails because of it. */
export type Cause = {
  readonly root: ResourceRef
  /** When the first of its incidents was opened, in epoch milliseconds. */
  readonly since: number
}
