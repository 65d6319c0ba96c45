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
  /** The targets of all alerts, or of those of one name. */
  targets(alertname?: string): Iterable<ResourceRef>
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
  /** Of those that have one: the target by alert name and fingerprint. */
  const byName = new Map<string, Map<string, ResourceRef>>()
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
    if (!target) return
    takeOut(byTarget, target, fingerprint)
    takeOut(byName, nameOf(known.alert), fingerprint)
  }

  function put(next: Held): void {
    const { alert, seq } = next
    forget(alert.fingerprint)
    held.set(alert.fingerprint, next)
    counts.set(seq, (counts.get(seq) ?? 0) + 1)
    idle.delete(seq)
    const target = targetOf(alert)
    if (!target) return
    putIn(byTarget, target, alert.fingerprint, alert)
    putIn(byName, nameOf(alert), alert.fingerprint, target)
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
    targets: (name) => (name === undefined ? byTarget.keys() : (byName.get(name)?.values() ?? [])),
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

function nameOf({ labels }: KnownAlert): string {
  return labels['alertname'] ?? ''
}

function putIn<Key, Value>(index: Map<Key, Map<string, Value>>, key: Key, fingerprint: string, value: Value): void {
  const others = index.get(key) ?? new Map<string, Value>()
  index.set(key, others.set(fingerprint, value))
}

function takeOut<Key>(index: Map<Key, Map<string, unknown>>, key: Key, fingerprint: string): void {
  const others = index.get(key)
  others?.delete(fingerprint)
  if (others?.size === 0) index.delete(key)
}
