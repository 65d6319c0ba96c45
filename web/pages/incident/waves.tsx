import type { Comparison, Group } from '../../../src/domain/comparison.ts'
import type { Credit } from '../../../src/domain/credit.ts'
import type { Wave } from '../../../src/domain/plan.ts'
import type { PlanView } from '../../../src/domain/view.ts'
import { useFormat } from '../../format.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Table } from '../../ui/table.tsx'
import { useDictionary } from '../../words/words.ts'
import { Outside } from './ref.tsx'
import { incidentWords } from './words.ts'

const VERDICTS: Readonly<Record<Comparison['verdict'], { readonly tone: Tone; readonly mark: string }>> = {
  better: { tone: 'green', mark: '●' },
  alone: { tone: 'quiet', mark: '○' },
  harm: { tone: 'red', mark: '▲' },
  'no-effect': { tone: 'quiet', mark: '–' },
  blind: { tone: 'blue', mark: '?' },
}
const CREDITS: Readonly<Record<Credit, { readonly tone: Tone; readonly mark: string }>> = {
  'fixed-by-us': { tone: 'green', mark: '●' },
  'recovered-alone': { tone: 'quiet', mark: '○' },
  unknown: { tone: 'quiet', mark: '?' },
}

type Row = { readonly nth: number; readonly wave: Wave; readonly comparison?: Comparison }

/** The waves of a plan with what each came to, or that it goes without a control; then to whom it is owed. */
export function Waves({ shown }: { readonly shown: Pick<PlanView, 'plan' | 'comparisons' | 'credited'> }) {
  const words = useDictionary(incidentWords).waves
  const { plan, credited } = shown
  return (
    <>
      {plan.canary ? (
        <WaveTable waves={plan.canary.waves} comparisons={shown.comparisons ?? []} />
      ) : (
        <p className="soft">
          <Badge tone="quiet">{words.uncontrolled}</Badge> {words.uncontrolledWhy}
        </p>
      )}
      {credited && (
        <p>
          <Badge {...CREDITS[credited.credit]}>{words.credits[credited.credit]}</Badge>{' '}
          <span className="soft">
            {credited.controlled ? words.controlled : words.uncontrolled}: <Outside>{credited.reason}</Outside>
          </span>
        </p>
      )}
    </>
  )
}

function WaveTable({
  waves,
  comparisons,
}: {
  readonly waves: readonly Wave[]
  readonly comparisons: NonNullable<PlanView['comparisons']>
}) {
  const words = useDictionary(incidentWords).waves
  const { number } = useFormat()
  const of = (group: Group | undefined): string | null =>
    group ? words.of(number(group.well), number(group.of)) : null
  const rows = waves.map((wave, nth): Row => {
    const comparison = comparisons.find((one) => one.wave === nth)?.comparison
    return { nth, wave, ...(comparison && { comparison }) }
  })
  const spared = comparisons.flatMap(({ comparison }) => comparison.recovered)
  return (
    <>
      <Table
        caption={words.title}
        keyOf={({ nth }) => String(nth)}
        rows={rows}
        empty={null}
        columns={[
          { key: 'wave', head: words.wave, cell: ({ nth }) => number(nth + 1) },
          { key: 'treats', head: words.treats, cell: ({ wave }) => number(wave.treats.length) },
          { key: 'treated', head: words.treated, cell: ({ comparison }) => of(comparison?.treated) },
          { key: 'untouched', head: words.untouched, cell: ({ comparison }) => of(comparison?.controls) },
          { key: 'chance', head: words.chance, cell: ({ comparison }) => comparison && number(comparison.chance) },
          {
            key: 'verdict',
            head: words.verdict,
            cell: ({ comparison, wave }) => {
              if (!comparison) return wave.controls.length > 0 ? words.waits : words.last
              return <Badge {...VERDICTS[comparison.verdict]}>{words.verdicts[comparison.verdict]}</Badge>
            },
          },
        ]}
      />
      {spared.length > 0 && (
        <p className="soft">
          {words.spared}: <Outside>{[...new Set(spared)].join(', ')}</Outside>
        </p>
      )}
    </>
  )
}
