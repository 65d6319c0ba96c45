import { useEffect, useRef } from 'react'

/** What the keys do, by name: `?`, `p`, `a`, and two in a row such as `g o`. */
export type Keys = Readonly<Record<string, () => void>>

const PAIR_MS = 1500
/** Of everything that is on the page, what came last is asked first. */
const registry = new Set<{ readonly current: Keys }>()

/** Listens for keys. Never while somebody types, or a dialog is open. */
export function useKeyListener(): void {
  useEffect(() => {
    let first = { key: '', at: 0 }
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isBusy(event.target)) return
      const pair = Date.now() - first.at < PAIR_MS ? `${first.key} ${event.key}` : event.key
      const act = meaning(pair) ?? meaning(event.key)
      first = act ? { key: '', at: 0 } : { key: event.key, at: Date.now() }
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}

/** Gives keys a meaning while the caller is on the page. */
export function useKeys(keys: Keys): void {
  const held = useRef(keys)
  useEffect(() => {
    held.current = keys
  })
  useEffect(() => {
    registry.add(held)
    return () => {
      registry.delete(held)
    }
  }, [])
}

function meaning(name: string): (() => void) | undefined {
  return [...registry]
    .toReversed()
    .map(({ current }) => current[name])
    .find((act) => act !== undefined)
}

function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]')) return true
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable="true"]')
}
