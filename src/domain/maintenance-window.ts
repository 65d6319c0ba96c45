import type { When } from './freeze-window.ts'

/** A time in which what names the window may act; outside of it, it may not. */
export type MaintenanceWindow = { readonly name: string; readonly when: When }
