import type { HttpPlace } from '../http-get.ts'

/** What is asked, and which answer is good. */
export type Check =
  | {
      readonly kind: 'http'
      readonly at: HttpPlace
      /** Absent: any status from 200 to 399 is good. */
      readonly expectStatus?: number
      /** The body, of at most 64 KiB, must contain it. */
      readonly expectText?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** The address accepts a connection. A frozen process still does: its kernel answers for it. */
  | { readonly kind: 'tcp' }
  /** The program, run without a shell, ends with exit code 0. It finds the address in `KINTSUGI_ADDRESS`. */
  | { readonly kind: 'command'; readonly argv: readonly [string, ...string[]] }

/** A good answer or a bad one. No answer is thrown. */
export type Answer = { readonly ok: boolean; readonly reason: string }

export type CheckOf<Kind extends Check['kind']> = Extract<Check, { kind: Kind }>
