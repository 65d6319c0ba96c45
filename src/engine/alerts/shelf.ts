import type { KnownAlert } from '../../domain/alert.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { isOver } from './judge.ts'

/** One alert, the entry of the record that holds it, and when that was written, in epoch milliseconds. */
export type Held = { readonly alert: KnownAlert; readonly seq: number; readonly writtenAt: number }

/** The newest word on each fingerprint, oldest first, as the record has it; and which entries that takes. */
export type Shelf = {
  readonly size: number
  get(fingerprint: string): Held | undefined
  /** Takes the place of what was known of the fingerprint. */
  put(held: Held): void
  all(): Iterable<Held>
  on(target: ResourceRef): readonly KnownAlert[]
  /** Forgets what counts no longer. */
  prune(now: number): void
  /** Forgets up to so many resolved alerts, the oldest first. */
  shed(count: number): void
  /** Entries in which no alert counts any more. */
  readonly idle: Set<number>
}

export function makeShelf(): Shelf {
  const held = new Map<string, Held>()
  const byTarget = new Map<ResourceRef, Map<string, KnownAlert>>()
  const counts = new Map<number, number>()
  const idle = new Set<number>()

  function forget(fingerprint: string): void {
    const known = held.get(fingerprint)
    if (!known) return
    held.delete(fingerprint)
    const left = (counts.get(known.seq) ?? 1) - 1
    if (left > 0) counts.set(known.seq, left)
    else {
      counts.delete(known.seq)
      idle.add(known.seq)
    }
    const target = targetOf(known.alert)
    const others = target && byTarget.get(target)
    others?.delete(fingerprint)
    if (target && others?.size === 0) byTarget.delete(target)
  }

  function put(next: Held): void {
    const { alert, seq } = next
    forget(alert.fingerprint)
    held.set(alert.fingerprint, next)
    counts.set(seq, (counts.get(seq) ?? 0) + 1)
    idle.delete(seq)
    const target = targetOf(alert)
    if (!target) return
    const others = byTarget.get(target) ?? new Map<string, KnownAlert>()
    byTarget.set(target, others.set(alert.fingerprint, alert))
  }

  function shed(count: number): void {
    let left = count
    for (const { alert } of held.values()) {
      if (left <= 0) return
      if (alert.status !== 'resolved') continue
      forget(alert.fingerprint)
      left -= 1
    }
  }

  return {
    get size() {
      return held.size
    },
    get: (fingerprint) => held.get(fingerprint),
    put,
    all: () => held.values(),
    on: (target) => [...(byTarget.get(target)?.values() ?? [])],
    prune: (now) => {
      for (const { alert } of held.values()) if (isOver(alert, now)) forget(alert.fingerprint)
    },
    shed,
    idle,
  }
}

function targetOf({ aim }: KnownAlert): ResourceRef | undefined {
  return aim.kind === 'mapped' ? aim.target : undefined
}
