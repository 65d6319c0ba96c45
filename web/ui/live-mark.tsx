import { useFormat } from '../format.ts'
import { lastHeard, useLive } from '../live.ts'
import { useNow } from '../now.ts'
import { useWords } from '../words/words.ts'
import { Badge, type Tone } from './badge.tsx'

const TONES = { connecting: 'quiet', live: 'green', stale: 'blue', lost: 'red' } as const satisfies Record<string, Tone>
const MARKS = { connecting: '…', live: '●', stale: '◌', lost: '✕' } as const

/** Whether what is on the page is fresh; when it is not, in a sentence. */
export function LiveMark() {
  const words = useWords().live
  const format = useFormat()
  const phase = useLive()
  const now = useNow()
  const heard = lastHeard()
  const ago = format.duration(Math.max(1000, Math.floor((now - heard) / 1000) * 1000))
  return (
    <>
      <output className="live-mark">
        <Badge tone={TONES[phase]} mark={MARKS[phase]}>
          {words[phase]}
        </Badge>
      </output>
      {phase === 'stale' && <p className="live-line live-line-stale">{words.staleSince(ago)}</p>}
      {phase === 'lost' && (
        <p className="live-line live-line-lost">{heard === 0 ? words.never : words.lostSince(ago)}</p>
      )}
    </>
  )
}
