import { Component, type ReactNode } from 'react'
import { messageOf } from '../../src/domain/errors.ts'
import { useWords } from '../words/words.ts'
import { Button } from './button.tsx'
import { Page } from './page.tsx'

type State = { readonly error?: unknown }

/** A page that throws takes nothing with it but itself. (React has no other form for this than a class.) */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override readonly state: State = {}

  static getDerivedStateFromError(error: unknown): State {
    return { error }
  }

  override render(): ReactNode {
    return this.state.error === undefined ? this.props.children : <Broken error={this.state.error} />
  }
}

function Broken({ error }: { readonly error: unknown }) {
  const words = useWords()
  return (
    <Page title={words.problem.broken}>
      <pre className="problem">{messageOf(error)}</pre>
      <Button onClick={() => location.reload()}>{words.problem.reload}</Button>
    </Page>
  )
}
