import { useQueryClient } from '@tanstack/react-query'
import { Suspense, useEffect } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import { openEvents } from './client.ts'
import { follow } from './live.ts'
import { PAGES } from './pages.ts'
import { useSession } from './session.ts'
import { Loading } from './ui/asked.tsx'
import { ErrorBoundary } from './ui/error-boundary.tsx'
import { Page } from './ui/page.tsx'
import { Shell } from './ui/shell.tsx'
import { SignIn } from './ui/sign-in.tsx'
import { useWords } from './words/words.ts'

/** The console: signed in or not, live, one page at a time. */
export function App() {
  const client = useQueryClient()
  const signedOut = useSession().refused !== undefined
  useEffect(() => {
    if (signedOut) return undefined
    void client.resetQueries()
    const connection = new AbortController()
    void follow(client, openEvents, connection.signal)
    return () => connection.abort()
  }, [client, signedOut])
  if (signedOut) return <SignIn />
  return (
    <Shell>
      <Pages />
    </Shell>
  )
}

function Pages() {
  const [path] = useLocation()
  return (
    <ErrorBoundary key={path}>
      <Suspense fallback={<Loading lines={6} />}>
        <Switch>
          {PAGES.map(({ path: pattern, page }) => (
            <Route key={pattern} path={pattern} component={page()} />
          ))}
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </ErrorBoundary>
  )
}

function NotFound() {
  const words = useWords()
  return (
    <Page title={words.notFound.title}>
      <p>{words.notFound.text}</p>
      <p>
        <Link href="/">{words.notFound.home}</Link>
      </p>
    </Page>
  )
}
