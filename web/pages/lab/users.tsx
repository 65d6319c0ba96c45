import type { ReactNode } from 'react'
import type { Second, UsersView } from '../../../lab/view.ts'
import { useFormat } from '../../format.ts'
import { Section } from '../../ui/page.tsx'
import { useDictionary } from '../../words/words.ts'
import { lineOf, topOf } from './shape.ts'
import { words as dictionary } from './words.ts'

/** What the shop's users meet, seen from outside and without Kintsugi. */
export function Users({ users }: { readonly users: UsersView }) {
  const words = useDictionary(dictionary)
  const format = useFormat()
  const { now, servedWithinMs, seconds } = users
  return (
    <Section title={words.users} aside={<span className="soft">{words.usersNow}</span>}>
      {now === null ? (
        <p className="soft">{words.nobody}</p>
      ) : (
        <dl className="felt">
          <Felt name={words.perSecond}>{words.perSecondUnit(format.number(Math.round(now.perSecond)))}</Felt>
          <Felt name={words.failed} hint={words.failedHint(format.duration(servedWithinMs))} harm={now.failedShare > 0}>
            {format.percent(now.failedShare)}
          </Felt>
          <Felt name={words.median}>{format.duration(now.medianMs)}</Felt>
          <Felt name={words.p95}>{format.duration(now.p95Ms)}</Felt>
        </dl>
      )}
      <Charts seconds={seconds} />
    </Section>
  )
}

type FeltProps = {
  readonly name: string
  readonly hint?: string
  readonly harm?: boolean
  readonly children: ReactNode
}

function Felt({ name, hint, harm = false, children }: FeltProps) {
  return (
    <div className={harm ? 'felt-harm' : undefined}>
      <dt>{name}</dt>
      <dd className="number">{children}</dd>
      {hint !== undefined && <dd className="hint">{hint}</dd>}
    </div>
  )
}

const BOX = { width: 600, height: 72 }
const LEAST_MS = 100
const LEAST_REQUESTS = 10

function Charts({ seconds }: { readonly seconds: readonly Second[] }) {
  const words = useDictionary(dictionary)
  const format = useFormat()
  const mostRequests = topOf(
    seconds.map(({ requests }) => requests),
    LEAST_REQUESTS,
  )
  const mostMs = topOf(
    seconds.map(({ p95Ms }) => p95Ms),
    LEAST_MS,
  )
  const line = (valueOf: (second: Second) => number | null, top: number): string =>
    lineOf(seconds, valueOf, { ...BOX, top })
  return (
    <div className="charts">
      <Chart caption={words.chartRequests} top={words.perSecondUnit(format.number(mostRequests))} seconds={seconds}>
        <path className="line" d={line(({ requests }) => requests, mostRequests)} />
        <path className="line line-harm" d={line(({ failed }) => failed || null, mostRequests)} />
      </Chart>
      <Chart caption={words.chartLatency} top={format.duration(mostMs)} seconds={seconds}>
        <path className="line" d={line(({ p95Ms }) => p95Ms, mostMs)} />
      </Chart>
    </div>
  )
}

type ChartProps = {
  readonly caption: string
  readonly top: string
  readonly seconds: readonly Second[]
  readonly children: ReactNode
}

function Chart({ caption, top, seconds, children }: ChartProps) {
  const words = useDictionary(dictionary)
  const format = useFormat()
  const { width, height } = BOX
  return (
    <figure>
      <figcaption>
        {caption} <span className="soft">{words.upTo(top)}</span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {children}
      </svg>
      <p className="axis soft" aria-hidden="true">
        <span>−{format.duration(seconds.length * 1000)}</span>
        <span>{words.now}</span>
      </p>
    </figure>
  )
}
