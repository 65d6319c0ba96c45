import { Link } from 'wouter'
import type { FaultView } from '../../../lab/view.ts'
import type { Incident } from '../../../src/domain/incident.ts'
import { lacking, type Me, useOrder } from '../../api.ts'
import { targetPath } from '../../filter.ts'
import { useFormat } from '../../format.ts'
import { Badge, IncidentBadge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ProblemNote } from '../../ui/problem.tsx'
import { useDictionary, useWords } from '../../words/words.ts'
import { type FaultState, stateOf } from './shape.ts'
import { words as dictionary } from './words.ts'

type Props = {
  readonly fault: FaultView
  /** By the lab's clock, epoch milliseconds. */
  readonly now: number
  readonly incident: Incident | undefined
  readonly me: Me | undefined
}

/** One thing that can be broken, and how it stands. */
export function Fault({ fault, now, incident, me }: Props) {
  const words = useDictionary(dictionary)
  const format = useFormat()
  const state = stateOf(fault, now)
  const { name, breaks, expected, heals, limitMs, injected } = fault
  return (
    <article className={`fault fault-${state.kind}`} aria-label={name}>
      <div className="fault-head">
        <h3>{name}</h3>
        <State state={state} />
      </div>
      <p>{words.breaks[name] ?? breaks}</p>
      <p className="soft">
        {words[expected](heals)} {words.limit(format.duration(limitMs))}
      </p>
      {injected && (
        <p className="fault-led">
          <span>
            {words.victim}{' '}
            <Link className="ref" href={targetPath(injected.target)}>
              {injected.target}
            </Link>
          </span>
          {incident ? (
            <span>
              <IncidentBadge status={incident.status} />{' '}
              <Link href={`/incidents/${encodeURIComponent(incident.id)}`}>{words.incident}</Link>
            </span>
          ) : (
            <span className="soft">{words.noIncident}</span>
          )}
        </p>
      )}
      <Orders fault={fault} state={state} me={me} />
    </article>
  )
}

/** How it stands, with how long it has done so, and when the lab takes it back. */
function State({ state }: { readonly state: FaultState }) {
  const words = useDictionary(dictionary)
  const { duration } = useFormat()
  switch (state.kind) {
    case 'never':
      return <Badge tone="quiet">{words.never}</Badge>
    case 'present':
      return (
        <span className="fault-state">
          <Badge tone="red" mark="▲">
            {words.present}
          </Badge>
          <span className="number">
            {words.presentOn} {duration(seconds(state.sinceMs))}, {words.takenBackIn} {duration(seconds(state.leftMs))}
          </span>
        </span>
      )
    case 'gone':
      return (
        <span className="fault-state">
          <Badge tone="green" mark="●">
            {words.gone}
          </Badge>
          <span className="number">
            {words.goneAfter} {duration(state.afterMs)}
          </span>
        </span>
      )
    case 'undone':
      return <Badge tone="quiet">{state.atLimit ? words.undoneAtLimit : words.undone}</Badge>
  }
}

/** Whole seconds, so that what counts does not flicker. */
const seconds = (ms: number): number => Math.floor(ms / 1000) * 1000

function Orders({
  fault: { name },
  state,
  me,
}: { readonly fault: FaultView; readonly state: FaultState } & Pick<Props, 'me'>) {
  const words = useDictionary(dictionary)
  const { roleNeeded, roles } = useWords()
  const inject = useOrder('inject')
  const undo = useOrder('undo')
  const role = lacking('inject', me)
  const denied = role === undefined ? undefined : roleNeeded(roles[role])
  const again = state.kind === 'never' ? words.inject : words.injectAgain
  // Its harm may be gone while what causes it is still there, such as users who came in crowds.
  const isThere = state.kind === 'present' || (state.kind === 'gone' && state.leftMs > 0)
  return (
    <>
      <div className="fault-orders">
        {state.kind !== 'present' && (
          <Button
            label={words.ofFault(again, name)}
            busy={inject.isPending}
            because={denied}
            onClick={() => inject.mutate({ name })}
          >
            {again}
          </Button>
        )}
        {isThere && (
          <Button
            label={words.ofFault(words.undo, name)}
            busy={undo.isPending}
            because={denied}
            onClick={() => undo.mutate({ name })}
          >
            {words.undo}
          </Button>
        )}
      </div>
      {inject.error && <ProblemNote error={inject.error} attempted={words.attemptInject(name)} />}
      {undo.error && <ProblemNote error={undo.error} attempted={words.attemptUndo(name)} />}
    </>
  )
}
