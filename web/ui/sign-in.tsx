import { useId, useState } from 'react'
import { signIn, useSession } from '../session.ts'
import { useWords } from '../words/words.ts'
import { Page } from './page.tsx'

/** One field: the token, kept for this tab. */
export function SignIn() {
  const words = useWords().signIn
  const id = useId()
  const { token, refused } = useSession()
  const [typed, setTyped] = useState('')
  return (
    <main className="sign-in">
      <Page title={words.title}>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (typed.trim() !== '') signIn(typed.trim())
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
          {token !== null && refused !== undefined && (
            <p role="alert" className="problem">
              {words.wrong(refused)}
            </p>
          )}
          <button type="submit" className="button button-main">
            {words.button}
          </button>
        </form>
      </Page>
    </main>
  )
}
