import { NotFoundError } from '../../src/api/problem.ts'
import { ForbiddenError } from '../../src/domain/errors.ts'
import { messageOf } from '../../src/domain/errors.ts'
import { UnreachableError } from '../client.ts'
import type { en } from '../words/en.ts'
import { useWords } from '../words/words.ts'
import { Button } from './button.tsx'

type Props = {
  readonly error: unknown
  /** What was to be done, after `Could not`. */
  readonly attempted: string
  readonly onRetry?: () => void
}

/** What was attempted, why it failed, and what to do about it. */
export function ProblemNote({ error, attempted, onRetry }: Props) {
  const words = useWords()
  const { why, remedy } = explain(error, words.problem)
  return (
    <div className="problem" role="alert">
      <strong>{words.problem.title(attempted)}</strong>
      <p>{why}</p>
      {remedy !== undefined && <p>{remedy}</p>}
      {onRetry && <Button onClick={onRetry}>{words.problem.retry}</Button>}
    </div>
  )
}

function explain(error: unknown, words: (typeof en)['problem']): { readonly why: string; readonly remedy?: string } {
  if (error instanceof UnreachableError) return { why: words.unreachable, remedy: words.unreachableRemedy }
  if (error instanceof NotFoundError) return { why: messageOf(error) || words.notFound }
  if (error instanceof ForbiddenError) {
    return { why: messageOf(error) || words.forbidden, remedy: words.forbiddenRemedy }
  }
  return { why: messageOf(error) }
}
