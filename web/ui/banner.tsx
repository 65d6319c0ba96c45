import type { ReactNode } from 'react'
import type { Tone } from './badge.tsx'

/** One line across the page that says how things stand. */
export function Banner({
  tone,
  label,
  children,
}: {
  readonly tone: Tone
  readonly label: string
  readonly children: ReactNode
}) {
  return (
    <section className={`banner banner-${tone}`} aria-label={label}>
      {children}
    </section>
  )
}
