import type { IncidentView, PlanView } from '../../../src/domain/view.ts'
import { Badge } from '../../ui/badge.tsx'
import { Time } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { FATES } from './candidates.tsx'
import { fateOf } from './ladder.ts'
import { Outside, Ref } from './ref.tsx'
import { short } from './say.ts'
import { Steps } from './steps.tsx'
import { Waves } from './waves.tsx'
import { incidentWords } from './words.ts'

/** Every plan with its steps, newest first: run, proposed, or kept from running. */
export function Runs({ view }: { readonly view: IncidentView }) {
  const words = useDictionary(incidentWords).run
  if (view.plans.length === 0) return <p className="soft">{words.none}</p>
  return view.plans.map((plan, index) => (
    <Run key={`${plan.plan.id} ${plan.at}`} plan={plan} nth={view.plans.length - index} view={view} />
  ))
}

type RunProps = { readonly plan: PlanView; readonly nth: number; readonly view: IncidentView }

function Run({ plan: shown, nth, view }: RunProps) {
  const words = useDictionary(incidentWords)
  const { plan, startedAt, endedAt, reason, run } = shown
  const fate = fateOf(shown)
  const begun = view.entries.find((entry) => entry.run === run && entry.body?.kind === 'run-started')?.body
  const approval = begun?.kind === 'run-started' ? begun.approval : undefined
  return (
    // The same may have been planned before: its number tells one from the other.
    <section className="run" aria-label={`${plan.remedy} ${plan.target} (${nth})`}>
      <p className="run-head">
        <strong>
          <Outside>{plan.remedy}</Outside>
        </strong>
        <Ref>{plan.target}</Ref>
        <Badge {...FATES[fate]}>{words.fates[fate]}</Badge>
        <span className="soft">
          <Time at={startedAt ?? shown.at} />
          {endedAt !== undefined && (
            <>
              {' – '}
              <Time at={endedAt} />
            </>
          )}
        </span>
      </p>
      <p className="soft">
        {words.run.by(short(plan.policy), plan.generation)}
        {approval && `; ${words.run.approvedBy(short(approval.by), short(approval.reason))}`}
      </p>
      {reason !== undefined && (
        <p>
          <Outside>{reason}</Outside>
        </p>
      )}
      <Waves shown={shown} />
      <Steps steps={shown.steps} />
      <dl className="pairs">
        <Lines title={words.run.cannotUndo} lines={plan.cannotUndo} />
        <Lines
          title={words.run.asked}
          lines={(plan.prerequisites ?? []).map(
            ({ asked, target, answer }) => `${asked} (${target}): ${answer ?? words.run.notSeen}`,
          )}
        />
      </dl>
    </section>
  )
}

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null
  return (
    <div>
      <dt>{title}</dt>
      {lines.map((line) => (
        <dd key={line}>
          <Outside>{line}</Outside>
        </dd>
      ))}
    </div>
  )
}
