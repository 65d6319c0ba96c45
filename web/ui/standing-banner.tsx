import type { SourceStatus, Status } from '../../src/domain/operator.ts'
import { useStatus } from '../api.ts'
import { useFormat } from '../format.ts'
import { useLive } from '../live.ts'
import { type Standing, sourcesInOrder, standingOf } from '../shape.ts'
import { useWords } from '../words/words.ts'
import { Badge, type Tone } from './badge.tsx'
import { Banner } from './banner.tsx'
import { PauseButton } from './pause-button.tsx'
import { Ago } from './time.tsx'

const TONES: Readonly<Record<Standing, Tone>> = { live: 'green', shadow: 'blue', paused: 'gold', frozen: 'red' }
const MARKS: Readonly<Record<Standing, string>> = { live: '▶', shadow: '◌', paused: '‖', frozen: '■' }
/** More than so many patterns, or sources that are well, are counted and not named. */
const NAMED = 6

/** May it write, can it see, is the record whole; and the button that stops it. The same on every page. */
export function StandingBanner() {
  const words = useWords().standing
  const { data: status } = useStatus()
  const lost = useLive() === 'lost'
  // The button stands in one place whatever is known: an answer that comes must not shut the dialog of who is stopping it.
  return (
    <Banner tone={toneOf(status, lost)} label={words.label}>
      {status ? <Heard status={status} lost={lost} /> : <Unheard />}
      <PauseButton paused={status?.pause !== undefined} />
    </Banner>
  )
}

function toneOf(status: Status | undefined, lost: boolean): Tone {
  if (!status || lost) return 'quiet'
  return status.record.ok ? TONES[standingOf(status)] : 'red'
}

function Heard({ status, lost }: { readonly status: Status; readonly lost: boolean }) {
  const words = useWords().standing
  const standing = standingOf(status)
  return (
    <>
      <strong className={`standing standing-${TONES[standing]}`}>
        <span aria-hidden="true">{MARKS[standing]}</span> {words.names[standing]}
      </strong>
      {lost && <span className="soft">{words.whenLastHeard}</span>}
      <p className="standing-what">
        <What status={status} standing={standing} />
      </p>
      <dl className="standing-facts">
        <div>
          <dt>{words.sources}</dt>
          <dd>
            <Sources sources={sourcesInOrder(status.sources)} />
          </dd>
        </div>
        <div>
          <dt>{words.record}</dt>
          <dd>
            <RecordState record={status.record} />
          </dd>
        </div>
      </dl>
    </>
  )
}

/** Nobody knows how it stands: it can be stopped all the same. */
function Unheard() {
  const words = useWords().standing
  return (
    <>
      <strong className="standing">{words.unknown}</strong>
      <p className="standing-what soft">{words.unheard}</p>
    </>
  )
}

function What({ status, standing }: { readonly status: Status; readonly standing: Standing }) {
  const words = useWords().standing
  const { pause, canWrite, self } = status
  if (pause) {
    const sentence = pause.freeze ? words.frozen : words.paused
    return (
      <>
        {sentence(pause.by)} “{pause.reason}” · <Ago at={pause.since.wallMs} />
      </>
    )
  }
  const [ailment, ...more] = self?.ailments ?? []
  if (ailment) {
    return (
      <>
        {words.ailing} “{ailment.what}”{more.length > 0 && ` +${more.length}`} · <Ago at={ailment.since} />
      </>
    )
  }
  if (standing === 'shadow') return words.shadow
  if (canWrite.length === 0) return words.liveOnNothing
  return (
    <>
      {words.live} <span className="ref">{canWrite.slice(0, NAMED).join(', ')}</span>
      {canWrite.length > NAMED && ` +${canWrite.length - NAMED}`}
    </>
  )
}

function Sources({ sources }: { readonly sources: readonly SourceStatus[] }) {
  const words = useWords().standing
  const fresh = sources.filter((source) => source.fresh).length
  if (sources.length === 0) return words.noSources
  return (
    <details className="sources">
      <summary>
        <Badge tone={fresh === sources.length ? 'green' : 'blue'} mark={fresh === sources.length ? '●' : '?'}>
          {words.fresh(fresh, sources.length)}
        </Badge>{' '}
        {sources
          .filter((source) => !source.fresh)
          .slice(0, NAMED)
          .map(({ name }) => name)
          .join(', ')}
      </summary>
      <ul>
        {sources.map((source) => (
          <li key={source.name}>
            <Badge tone={source.fresh ? 'green' : 'blue'} mark={source.fresh ? '●' : '?'}>
              {source.fresh ? words.freshOne : words.staleOne}
            </Badge>{' '}
            {source.name} {source.lastAt === undefined ? words.neverSeen : <Ago at={source.lastAt} />}
            {source.problem !== undefined && <span className="soft"> {source.problem}</span>}
          </li>
        ))}
      </ul>
    </details>
  )
}

function RecordState({ record }: { readonly record: Status['record'] }) {
  const words = useWords().standing
  const format = useFormat()
  if (record.ok) {
    return (
      <Badge tone="green" mark="●">
        {words.whole(format.number(record.seq))}
      </Badge>
    )
  }
  return (
    <Badge tone="red" mark="✕">
      {words.unwritable(record.problem ?? '')}
    </Badge>
  )
}
