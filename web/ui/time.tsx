import { useFormat } from '../format.ts'
import { useNow } from '../now.ts'

const MINUTE_MS = 60_000

/** A moment with its zone; the date too, when it is another day. Epoch milliseconds. */
export function Time({ at }: { readonly at: number }) {
  const format = useFormat()
  const now = useNow(MINUTE_MS)
  return (
    <time dateTime={new Date(at).toISOString()} title={format.moment(at)}>
      {format.time(at, now)}
    </time>
  )
}

/** A length of time with its unit, in milliseconds. */
export function Duration({ ms }: { readonly ms: number }) {
  const format = useFormat()
  return <span className="number">{format.duration(ms)}</span>
}

/** How long ago a moment was, counting on. */
export function Ago({ at }: { readonly at: number }) {
  const format = useFormat()
  const now = useNow()
  return (
    <time className="number" dateTime={new Date(at).toISOString()} title={format.moment(at)}>
      {format.duration(Math.max(0, Math.floor((now - at) / 1000) * 1000))}
    </time>
  )
}

/** How long there is until a moment, counting down; nothing less than zero. */
export function Countdown({ to }: { readonly to: number }) {
  const format = useFormat()
  const now = useNow()
  return (
    <time className="number" dateTime={new Date(to).toISOString()} title={format.moment(to)}>
      {format.duration(Math.max(0, Math.ceil((to - now) / 1000) * 1000))}
    </time>
  )
}
