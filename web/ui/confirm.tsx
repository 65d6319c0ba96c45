import { type ReactNode, useId, useState } from 'react'
import { useWords } from '../words/words.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { ProblemNote } from './problem.tsx'

type Props = {
  readonly title: string
  /** What the button says: the deed, as a verb. */
  readonly action: string
  /** After `Could not`, should it fail. */
  readonly attempted: string
  readonly tone?: 'main' | 'harm'
  readonly because?: string | undefined
  readonly children?: ReactNode
  readonly onConfirm: (reason: string) => Promise<unknown>
  readonly onClose: () => void
}

/** Asks for a reason, gives the order, and stays open when it fails, so that nothing typed is lost. */
export function Confirm({ title, action, attempted, tone = 'main', because, children, onConfirm, onClose }: Props) {
  const words = useWords()
  const id = useId()
  const [reason, setReason] = useState('')
  const [doing, setDoing] = useState<{ readonly busy: boolean; readonly error?: unknown }>({ busy: false })
  const missing = reason.trim() === '' ? words.reasonNeeded : undefined
  const confirm = (): void => {
    if (missing !== undefined || because !== undefined || doing.busy) return
    setDoing({ busy: true })
    onConfirm(reason.trim()).then(onClose, (error: unknown) => setDoing({ busy: false, error }))
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          confirm()
        }}
      >
        {children}
        <label htmlFor={id}>{words.reason}</label>
        <input
          id={id}
          value={reason}
          maxLength={1000}
          autoComplete="off"
          aria-describedby={`${id}-hint`}
          onChange={(event) => setReason(event.target.value)}
        />
        <p id={`${id}-hint`} className="hint">
          {words.reasonHint}
        </p>
        {doing.error !== undefined && <ProblemNote error={doing.error} attempted={attempted} />}
        <div className="dialog-buttons">
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button tone={tone} onClick={confirm} busy={doing.busy} because={because ?? missing}>
            {doing.busy ? words.underWay : action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
