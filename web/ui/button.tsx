import { type ReactNode, useId } from 'react'

type Props = {
  readonly children: ReactNode
  readonly onClick: () => void
  /** `main`: the one thing to do here. `harm`: what cannot simply be taken back. */
  readonly tone?: 'plain' | 'main' | 'harm' | 'quiet'
  /** Why it cannot be used now; it stays in reach of the keyboard and says so. */
  readonly because?: string | undefined
  readonly busy?: boolean
  /** The key that does the same. */
  readonly hint?: string
  readonly label?: string
}

/** A button that never does nothing without saying why. */
export function Button({ children, onClick, tone = 'plain', because, busy = false, hint, label }: Props) {
  const id = useId()
  const off = because !== undefined || busy
  return (
    <span className="button-box">
      <button
        type="button"
        className={`button button-${tone}`}
        aria-disabled={off}
        aria-busy={busy}
        aria-label={label}
        aria-describedby={because === undefined ? undefined : id}
        title={because}
        onClick={() => {
          if (!off) onClick()
        }}
      >
        {children}
        {hint !== undefined && <Key>{hint}</Key>}
      </button>
      {because !== undefined && (
        <span id={id} className="button-because">
          {because}
        </span>
      )}
    </span>
  )
}

/** A key as it is named on the keyboard. */
export function Key({ children }: { readonly children: string }) {
  return <kbd aria-hidden="true">{children}</kbd>
}
