import { useSyncExternalStore } from 'react'

/** Whether Kintsugi knows who this is. `refused`: what it said of the token, or of the want of one. */
export type Session = { readonly token: string | null; readonly refused?: string }

const KEY = 'kintsugi-token'
let session: Session | undefined
const watchers = new Set<() => void>()

/** The token lives as long as the tab, and is never written to disk or into a URL. */
export function sessionNow(): Session {
  return (session ??= { token: sessionStorage.getItem(KEY) })
}

/** Takes a token that was accepted. */
export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token)
  become({ token })
}

export function signOut(said: string): void {
  sessionStorage.removeItem(KEY)
  become({ token: null, refused: said })
}

/** Kintsugi wants a token, or does not know the one it was given. */
export function refuse(said: string): void {
  become({ ...sessionNow(), refused: said })
}

export function useSession(): Session {
  return useSyncExternalStore(watch, sessionNow)
}

function become(next: Session): void {
  session = next
  for (const watcher of watchers) watcher()
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}
