import { useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useMe } from '../api.ts'
import { token } from '../client.ts'
import { useWords } from '../words/words.ts'
import { Page } from './page.tsx'

/** One field: the token, kept for this tab. */
export function SignIn() {
  const words = useWords().signIn
  const id = useId()
  const client = useQueryClient()
  const { error, isFetching } = useMe()
  const [typed, setTyped] = useState('')
  const refused = token.read() !== null && error && !isFetching
  const signIn = (): void => {
    token.keep(typed.trim())
    void client.resetQueries()
  }
  return (
    <main className="sign-in">
      <Page title={words.title}>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (typed.trim() !== '') signIn()
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
          {refused && (
            <p role="alert" className="problem">
              {words.wrong(error.message)}
            </p>
          )}
          <button type="submit" className="button button-main" disabled={isFetching}>
            {words.button}
          </button>
        </form>
      </Page>
    </main>
  )
}
