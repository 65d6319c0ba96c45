import { useSyncExternalStore } from 'react'

export type Theme = 'light' | 'dark' | 'system'
export type Language = 'en' | 'zh'
export type Settings = { readonly theme: Theme; readonly language: Language }

const KEY = 'kintsugi-settings'
const THEMES: readonly Theme[] = ['light', 'dark', 'system']
const LANGUAGES: readonly Language[] = ['en', 'zh']

let settings: Settings = { theme: 'system', language: 'en' }
const watchers = new Set<() => void>()

/** What a person chose for this browser. A link may say `?theme=dark&lang=zh`, which is then kept. */
export function useSettings(): Settings {
  const now = (): Settings => settings
  return useSyncExternalStore(watch, now, now)
}

/** Changes and keeps them. */
export function choose(change: Partial<Settings>): void {
  settings = { ...settings, ...change }
  localStorage.setItem(KEY, JSON.stringify(settings))
  show()
  for (const watcher of watchers) watcher()
}

/** Reads what was kept and shows it, before the first paint. */
export function loadSettings(): void {
  const link = new URLSearchParams(location.search)
  const kept = keptSettings()
  settings = {
    theme: THEMES.find((theme) => theme === (link.get('theme') ?? kept.theme)) ?? 'system',
    language: LANGUAGES.find((language) => language === (link.get('lang') ?? kept.language)) ?? spoken(),
  }
  if (link.has('theme') || link.has('lang')) choose({})
  else show()
}

function show(): void {
  const { dataset } = document.documentElement
  if (settings.theme === 'system') delete dataset['theme']
  else dataset['theme'] = settings.theme
  document.documentElement.lang = settings.language
}

function keptSettings(): Partial<Settings> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Settings>
  } catch {
    return {}
  }
}

const spoken = (): Language => (navigator.language.startsWith('zh') ? 'zh' : 'en')

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}
