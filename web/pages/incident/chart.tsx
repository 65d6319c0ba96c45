import { useEffect, useMemo, useRef, useState } from 'react'
import type { Chart } from '../../../src/domain/chart.ts'
import type { IncidentView, Moment } from '../../../src/domain/view.ts'
import { useFormat } from '../../format.ts'
import { useSettings } from '../../settings.ts'
import { Folded } from '../../ui/folded.tsx'
import { Section } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { drawn, type Plotted } from './draw.ts'
import { Fold } from './log.tsx'
import { harmOf, plotOf, valueText } from './plot.ts'
import { Outside, Ref } from './ref.tsx'
import { short, useTongue } from './say.ts'
import { incidentWords } from './words.ts'

/** Of many that are sick of the same, the rest looks the same. */
const MOST_CHARTS = 4

/** What users felt, with the moments of action; the first chart is theirs, and larger. */
export function Charts({ view: { charts, moments } }: { readonly view: IncidentView }) {
  const words = useDictionary(incidentWords).chart
  return (
    <Section title={words.title}>
      {charts.length === 0 && <p className="soft">{words.none}</p>}
      <Folded items={charts} most={MOST_CHARTS} className="charts">
        {(chart) => (
          <li key={`${chart.signal} ${chart.target}`}>
            <Figure chart={chart} moments={moments} isFirst={chart === charts[0]} />
          </li>
        )}
      </Folded>
    </Section>
  )
}

type FigureProps = { readonly chart: Chart; readonly moments: readonly Moment[]; readonly isFirst: boolean }

function Figure({ chart, moments, isFirst }: FigureProps) {
  const words = useDictionary(incidentWords)
  const said = useHarm(chart)
  const dark = useDark()
  const [at, point] = useState<{ readonly at: number; readonly value: number | null }>()
  const { say } = useTongue()
  return (
    <figure className={isFirst ? 'chart chart-first' : 'chart'}>
      <figcaption>
        <strong>
          <Outside>{chart.signal}</Outside>
        </strong>{' '}
        <Ref>{chart.target}</Ref> <span className="soft">{said}</span>
        <span className="chart-value number" aria-hidden="true">
          {at && `${say.time(at.at)}  ${at.value === null ? words.chart.unseen : valueText(at.value)}`}
        </span>
      </figcaption>
      <Canvas
        key={`dark ${dark}`}
        chart={chart}
        moments={moments}
        label={`${short(chart.signal)}: ${said}`}
        onPoint={point}
      />
      <Fold summary={words.chart.numbers}>
        <Table
          caption={words.chart.numbers}
          columns={[
            { key: 'time', head: words.chart.time, cell: ([at]) => <Time at={at} /> },
            {
              key: 'value',
              head: words.chart.value,
              align: 'right',
              cell: ([, value]) => (value === null ? words.chart.unseen : valueText(value)),
            },
          ]}
          rows={chart.points}
          keyOf={([at]) => String(at)}
          empty={null}
        />
      </Fold>
    </figure>
  )
}

/** What the chart says, in words: for those who do not see it, and those in a hurry. */
function useHarm(chart: Chart): string {
  const words = useDictionary(incidentWords).chart
  const { duration } = useFormat()
  const { say } = useTongue()
  const { worst, beyondMs, blindMs } = harmOf(chart)
  const parts = [
    ...(worst ? [words.worst(valueText(worst.value), say.time(worst.at))] : []),
    ...(chart.limit === undefined ? [] : [beyondMs > 0 ? words.beyond(duration(beyondMs)) : words.never]),
    ...(blindMs > 0 ? [words.blind(duration(blindMs))] : []),
  ]
  return parts.join(', ')
}

type CanvasProps = {
  readonly chart: Chart
  readonly moments: readonly Moment[]
  readonly label: string
  readonly onPoint: (at: { readonly at: number; readonly value: number | null } | undefined) => void
}

/** The drawing itself; its colours are read from the page once, so that another theme is another drawing. */
function Canvas({ chart, moments, label, onPoint }: CanvasProps) {
  const box = useRef<HTMLDivElement>(null)
  const words = useDictionary(incidentWords)
  const { time } = useFormat()
  const plotted = useMemo(
    (): Plotted => ({
      ...plotOf(chart, moments),
      limit: chart.limit,
      violated: chart.violated,
      words: { limit: words.chart.limit, unseen: words.chart.unseen, moments: words.moments },
      time,
    }),
    [chart, moments, words, time],
  )
  useEffect(() => {
    const element = box.current
    if (!element) return undefined
    return drawn(element, plotted, onPoint)
  }, [plotted, onPoint])
  return <div ref={box} className="canvas" role="img" aria-label={label} />
}

/** Which colours are shown now, chosen or the system's. */
function useDark(): boolean {
  const { theme } = useSettings()
  const [system, follow] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches)
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)')
    const listen = (): void => follow(query.matches)
    query.addEventListener('change', listen)
    return () => query.removeEventListener('change', listen)
  }, [])
  return theme === 'system' ? system : theme === 'dark'
}
