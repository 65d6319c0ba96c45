import { Link } from 'wouter'
import type { EntryKind } from '../../../src/domain/entry.ts'
import type { Day as Counts } from '../../../src/domain/view.ts'
import { useFormat } from '../../format.ts'
import { Section } from '../../ui/page.tsx'
import { useDictionary } from '../../words/words.ts'
import { overviewWords } from './words.ts'

/** What of each stands on the record under which kind. */
const KINDS = {
  acted: 'run-started',
  held: 'not-run',
  denied: 'not-run',
  unmapped: 'alerts-received',
} as const satisfies Partial<Record<keyof Counts, EntryKind>>

/** What was done in the last day, and what was not; each leads to its entries. */
export function Day({ day }: { readonly day: Counts }) {
  const words = useDictionary(overviewWords).day
  const format = useFormat()
  const names = ['acted', 'held', 'denied', 'unmapped'] as const
  return (
    <Section title={words.title}>
      <ul className="figures">
        {names.map((name) => (
          <li key={name}>
            <Link href={`/record?kind=${KINDS[name]}`}>
              <strong>{format.number(day[name])}</strong> {words[name]}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}
