/** What one run of a command is given. Times are milliseconds. */
export type RunOrder = {
  readonly argv: readonly [string, ...string[]]
  readonly timeoutMs: number
  readonly cwd?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly maxOutputBytes: number
}

/** How a command ended. Output beyond the limit is left out; `timedOut` means that it was killed for it. */
export type RunResult = {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
}

/** From the owner to its helper. */
export type ToHelper = { readonly id: number; readonly run: RunOrder } | { readonly id: number; readonly kill: true }

/** From the helper to its owner. `pid` comes first, so that the owner can end what a dead helper leaves behind. */
export type FromHelper =
  | { readonly id: number; readonly pid: number }
  | { readonly id: number; readonly result: RunResult }
  | { readonly id: number; readonly problem: string }
