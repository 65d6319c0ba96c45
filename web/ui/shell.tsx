import { type ReactNode, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useMe } from '../api.ts'
import { endSession } from '../client.ts'
import { useKeyListener, useKeys } from '../keys.ts'
import { PAGES } from '../pages.ts'
import { signOut } from '../session.ts'
import { choose, type Language, type Theme, useSettings } from '../settings.ts'
import { useWords } from '../words/words.ts'
import { Button } from './button.tsx'
import { KeysDialog } from './keys-dialog.tsx'
import { LiveMark } from './live-mark.tsx'
import { StandingBanner } from './standing-banner.tsx'

/** What surrounds every page: the way past it, the pages, how fresh it all is, and the settings. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const words = useWords()
  const main = useRef<HTMLElement>(null)
  const [keysShown, showKeys] = useState(false)
  const pages = usePages()
  const [, go] = useLocation()
  useKeyListener()
  useKeys({
    '?': () => showKeys(true),
    ...Object.fromEntries(pages.map(({ key, href }) => [`g ${key}`, () => go(href)])),
  })
  return (
    <>
      <a
        href="#main"
        className="skip"
        onClick={(event) => {
          event.preventDefault()
          main.current?.focus()
        }}
      >
        {words.skip}
      </a>
      <header className="shell-head">
        <Link href="/" className="brand">
          {words.product}
        </Link>
        <Navigation pages={pages} />
        <LiveMark />
        <Choices onKeys={() => showKeys(true)} />
      </header>
      <StandingBanner />
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      {keysShown && <KeysDialog pages={pages} onClose={() => showKeys(false)} />}
    </>
  )
}

export type NavPage = { readonly href: string; readonly key: string; readonly title: string }

/** The pages that can be gone to; the lab only where there is one. */
function usePages(): readonly NavPage[] {
  const words = useWords()
  const lab = useMe().data?.demo.lab !== undefined
  return PAGES.flatMap(({ nav }) =>
    nav && (nav.name !== 'lab' || lab) ? [{ href: nav.href, key: nav.key, title: words.nav[nav.name] }] : [],
  )
}

function Navigation({ pages }: { readonly pages: readonly NavPage[] }) {
  const words = useWords()
  const [path] = useLocation()
  const isHere = (href: string): boolean => (href === '/' ? path === '/' : path.startsWith(href))
  return (
    <nav aria-label={words.nav.label}>
      {pages.map(({ href, title }) => (
        <Link key={href} href={href} aria-current={isHere(href) ? 'page' : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  )
}

const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' }

function Choices({ onKeys }: { readonly onKeys: () => void }) {
  const words = useWords().settings
  const roles = useWords().roles
  const { theme, language } = useSettings()
  const { data: me } = useMe()
  return (
    <div className="choices">
      {me?.tokens && (
        <>
          <span className="who">{words.signedInAs(me.name, roles[me.role])}</span>
          <Button tone="quiet" onClick={() => void endSession().then(() => signOut(words.signedOut))}>
            {words.signOut}
          </Button>
        </>
      )}
      <select
        aria-label={words.theme}
        value={theme}
        onChange={(event) => choose({ theme: event.target.value as Theme })}
      >
        {Object.entries(words.themes).map(([name, title]) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      <select
        aria-label={words.language}
        value={language}
        onChange={(event) => choose({ language: event.target.value as Language })}
      >
        {Object.entries(LANGUAGES).map(([name, title]) => (
          <option key={name} value={name} lang={name}>
            {title}
          </option>
        ))}
      </select>
      <Button tone="quiet" onClick={onKeys} hint="?">
        {words.keys}
      </Button>
    </div>
  )
}
