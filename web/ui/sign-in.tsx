import { useEffect, useId, useState } from 'react'
import { messageOf } from '../../src/domain/errors.ts'
import { providerNow, signIn } from '../client.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.ts'
import { Page } from './page.tsx'

/** One field: the token, kept for this tab; and the provider, where people sign in by one. */
export function SignIn() {
  const words = useWords().signIn
  const id = useId()
  const { token, refused } = useSession()
  const [typed, setTyped] = useState('')
  const [said, setSaid] = useState<string>()
  const provider = useProvider()
  const wrong = said ?? (token === null ? undefined : refused)
  return (
    <main className="sign-in">
      <Page title={words.title}>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (typed.trim() !== '') signIn(typed.trim()).catch((thrown: unknown) => setSaid(messageOf(thrown)))
          }}
        >
          <p id={`${id}-about`}>{words.about}</p>
          <label htmlFor={id}>{words.token}</label>
          <input
            id={id}
            type="password"
            value={typed}
            autoComplete="current-password"
            required
            aria-describedby={`${id}-about`}
            onChange={(event) => setTyped(event.target.value)}
          />
          {wrong !== undefined && (
            <p role="alert" className="problem">
              {words.wrong(wrong)}
            </p>
          )}
          <button type="submit" className="button button-main">
            {words.button}
          </button>
        </form>
        {provider !== undefined && (
          <p className="sign-in-by">
            {words.or}{' '}
            <a className="button" href={`/auth/login?to=${encodeURIComponent(location.pathname + location.search)}`}>
              {words.by(provider)}
            </a>
          </p>
        )}
      </Page>
    </main>
  )
}

/** Who else knows people here; undefined where nobody does, or nobody says. */
function useProvider(): string | undefined {
  const [provider, setProvider] = useState<string>()
  useEffect(() => {
    const leaving = new AbortController()
    providerNow(leaving.signal).then(setProvider, () => {})
    return () => leaving.abort()
  }, [])
  return provider
}
