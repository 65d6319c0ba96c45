import { printable } from '../../../src/cli/text.ts'
import type { Proposal } from '../../../src/domain/proposal.ts'
import type { Diff } from '../../../src/domain/action.ts'
import type { PlanView, StepView, UndoView } from '../../../src/domain/view.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Countdown, Time } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { valueOf } from './post-mortem.ts'
import { Outside, Ref } from './ref.tsx'
import { incidentWords } from './words.ts'

const STATUSES: Readonly<Record<StepView['status'], { readonly tone: Tone; readonly mark: string }>> = {
  planned: { tone: 'quiet', mark: '○' },
  'under-way': { tone: 'gold', mark: '◆' },
  applied: { tone: 'quiet', mark: '●' },
  failed: { tone: 'red', mark: '✕' },
  undone: { tone: 'quiet', mark: '↶' },
}

/** The steps of a plan: what each changes, how far it has come, and whether it can be taken back. */
export function Steps({ steps }: { readonly steps: readonly StepView[] }) {
  const words = useDictionary(incidentWords)
  return (
    <ol className="steps">
      {steps.map((step) => (
        <li key={step.name}>
          <p className="step-head">
            <strong>
              <Outside>{step.action}</Outside>
            </strong>
            <Ref>{step.target}</Ref>
            <Badge {...STATUSES[step.status]}>{words.steps[step.status]}</Badge>
            {step.appliedAt !== undefined && (
              <span className="soft">
                <Time at={step.appliedAt} />
              </span>
            )}
          </p>
          <Diffs diff={step.diff} />
          <Undo undo={step.undo} />
          <ByHand title={words.run.byHand} commands={step.byHand} />
          <ByHand title={words.run.undoByHand} commands={step.undo.byHand} />
        </li>
      ))}
    </ol>
  )
}

/** What changes, from one value to the other. */
function Diffs({ diff }: { readonly diff: readonly Diff[] | undefined }) {
  const words = useDictionary(incidentWords).run
  if (diff === undefined) return <p className="soft">{words.notLooked}</p>
  return (
    <dl className="diff">
      {diff.map(({ name, from, to }) => (
        <div key={name}>
          <dt>
            <Outside>{name}</Outside>
          </dt>
          <dd>
            <del>
              <Outside>{from === null ? words.noValue : valueOf(from)}</Outside>
            </del>
            <span aria-hidden="true"> → </span>
            <span className="unseen"> {words.became} </span>
            <ins>
              <Outside>{to === null ? words.noValue : valueOf(to)}</Outside>
            </ins>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Undo({ undo: { state, expiresAt, reason } }: { readonly undo: UndoView }) {
  const words = useDictionary(incidentWords)
  return (
    <p className={`undo undo-${state}`}>
      {state === 'ready' && reason !== undefined ? words.run.notUndone : words.undo[state]}
      {state === 'expires' && expiresAt !== undefined && (
        <>
          {' '}
          <Countdown to={expiresAt} />
        </>
      )}
      {reason !== undefined && (
        <span className="soft">
          : <Outside>{reason}</Outside>
        </span>
      )}
    </p>
  )
}

function ByHand({ title, commands }: { readonly title: string; readonly commands: readonly string[] }) {
  if (commands.length === 0) return null
  // A hidden line break would run in the terminal that it is pasted into.
  const text = commands.map(printable).join('\n')
  return (
    <details className="fold">
      <summary>{title}</summary>
      <div className="command">
        <pre>{text}</pre>
        <CopyButton text={() => text} />
      </div>
    </details>
  )
}

/** The steps that a proposal asks for, with what they change where somebody has looked. */
export function previewOf({ plan }: Pick<Proposal, 'plan'>, plans: readonly PlanView[]): readonly StepView[] {
  const seen = plans.find((view) => view.plan.id === plan.id)
  if (seen) return seen.steps
  return plan.steps.map(({ name, action, target, reversibility }) => ({
    name,
    action,
    target,
    status: 'planned',
    byHand: [],
    undo: { state: reversibility === 'reversible' ? 'ready' : 'impossible', byHand: [] },
  }))
}
