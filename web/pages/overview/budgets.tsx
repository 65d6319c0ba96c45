import { Link } from 'wouter'
import type { BudgetView } from '../../../src/domain/view.ts'
import { useFormat } from '../../format.ts'
import { shortName } from '../../shape.ts'
import { Badge } from '../../ui/badge.tsx'
import { Folded } from '../../ui/folded.tsx'
import { Section } from '../../ui/page.tsx'
import { useDictionary } from '../../words/words.ts'
import { budgetsInOrder, usedShare } from './shape.ts'
import { overviewWords } from './words.ts'

/** How often each owner may still be acted on, tightest first. */
export function Budgets({ budgets }: { readonly budgets: readonly BudgetView[] }) {
  const words = useDictionary(overviewWords).budgets
  return (
    <Section title={words.title}>
      {budgets.length === 0 && <p className="soft">{words.none}</p>}
      <Folded items={budgetsInOrder(budgets)} most={5} className="budgets">
        {(budget) => <Budget key={budget.owner} budget={budget} />}
      </Folded>
    </Section>
  )
}

function Budget({ budget }: { readonly budget: BudgetView }) {
  const words = useDictionary(overviewWords).budgets
  const format = useFormat()
  const { owner, used, attempts, withinMs, latched } = budget
  const left = 1 - usedShare(budget)
  return (
    <li>
      <p>
        <Link href={`/targets/${encodeURIComponent(owner)}`} title={owner}>
          {shortName(owner)}
        </Link>
        {latched && (
          <Badge tone="gold" mark="⊘">
            {words.latched}
          </Badge>
        )}
        <span className="soft">{words.left(Math.max(0, attempts - used), attempts, format.duration(withinMs))}</span>
      </p>
      <span className="bar" aria-hidden="true">
        <span className={left === 0 || latched ? 'bar-gold' : 'bar-ink'} style={{ width: `${left * 100}%` }} />
      </span>
    </li>
  )
}
