/** One user request as the load generator saw it: sent at (epoch ms), answered well, and after how long (ms). */
export type UserRequest = { readonly sentAt: number; readonly ms: number; readonly ok: boolean }

/** A request that takes longer than this was not served in time. */
export const SERVED_WITHIN_MS = 500

/** One line of the generator's output. */
export function requestLine({ sentAt, ms, ok }: UserRequest): string {
  return `${sentAt.toFixed(1)} ${ms.toFixed(1)} ${ok ? 1 : 0}\n`
}

/** Throws on a line that is not one of the generator's. */
export function parseRequestLine(line: string): UserRequest {
  const [sentAt, ms, ok] = line.split(' ').map(Number)
  if (!Number.isFinite(sentAt) || !Number.isFinite(ms) || sentAt === undefined || ms === undefined) {
    throw new TypeError(`cannot read '${line}' as a line of the load generator`)
  }
  return { sentAt, ms, ok: ok === 1 }
}
