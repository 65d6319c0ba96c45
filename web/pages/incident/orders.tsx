import { type ReactNode, useId, useState } from 'react'
import type { IncidentView } from '../../../src/domain/view.ts'
import { lacking, useMe, useOrder } from '../../api.ts'
import { useLive } from '../../live.ts'
import { useNow } from '../../now.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { Time } from '../../ui/time.tsx'
import { useDictionary, useWords } from '../../words/words.ts'
import { Acknowledge } from './acknowledge.tsx'
import { acknowledgedNow, barrierOfTakeOver, barrierOfWrong, type Barrier, judgeable, keptRun } from './orders.ts'
import { Outside } from './ref.tsx'
import { short } from './say.ts'
import { incidentWords } from './words.ts'

type OrderName = Parameters<typeof lacking>[0]

/** Why an order cannot be given now: its barrier, the role that is wanting, or that nobody answers. */
export function useBecause(): (order: OrderName, barrier?: Barrier) => string | undefined {
  const words = useWords()
  const { barriers } = useDictionary(incidentWords)
  const { data: me } = useMe()
  const live = useLive()
  return (order, barrier) => {
    if (barrier) return barriers[barrier]
    const role = lacking(order, me)
    if (role) return words.roleNeeded(words.roles[role])
    return live === 'lost' ? words.offline : undefined
  }
}

/** What a person can order about an incident, but for an answer to a proposal. */
export function Orders({ view, children }: { readonly view: IncidentView; readonly children: ReactNode }) {
  const { incident } = view
  const words = useDictionary(incidentWords).orders
  const because = useBecause()
  const [asked, ask] = useState<'acknowledge' | 'takeOver' | 'giveBack' | 'wrong' | 'release'>()
  const run = keptRun(view)
  const isSeen = acknowledgedNow(incident, useNow()) !== undefined
  const isTaken = incident.takenOver !== undefined && incident.closedAt === undefined
  const barrier = barrierOfTakeOver(incident)
  const close = (): void => ask(undefined)
  return (
    <div className="orders">
      {run && (
        <Button tone="main" because={because('release')} onClick={() => ask('release')}>
          {words.release}
        </Button>
      )}
      {!isTaken && (
        <>
          {/* One reason is enough for both. */}
          {because('acknowledge', barrier) === undefined && (
            <Button onClick={() => ask('acknowledge')}>{words.acknowledge}</Button>
          )}
          <Button because={because('takeOver', barrier)} onClick={() => ask('takeOver')}>
            {words.takeOver}
          </Button>
        </>
      )}
      {(isTaken || isSeen) && (
        <Button because={because('release')} onClick={() => ask('giveBack')}>
          {words.giveBack}
        </Button>
      )}
      <Button because={because('wrong', barrierOfWrong(incident))} onClick={() => ask('wrong')}>
        {words.wrong}
      </Button>
      {children}
      {asked === 'acknowledge' && <Acknowledge incident={incident} onClose={close} />}
      {asked === 'takeOver' && <TakeOver view={view} onClose={close} />}
      {asked === 'giveBack' && <Release subject={incident.id} words="giveBack" onClose={close} />}
      {asked === 'release' && run && (
        <Release subject={run.run} words="release" leftOpen={run.leftOpen} onClose={close} />
      )}
      {asked === 'wrong' && <Wrong view={view} onClose={close} />}
    </div>
  )
}

type DialogProps = { readonly view: IncidentView; readonly onClose: () => void }

function TakeOver({ view: { incident }, onClose }: DialogProps) {
  const words = useDictionary(incidentWords).orders
  const { mutateAsync } = useOrder('takeOver')
  return (
    <Confirm
      title={words.takeOverTitle}
      action={words.takeOver}
      attempted={words.takeOverFailed}
      onConfirm={(reason) => mutateAsync({ id: incident.id, reason })}
      onClose={onClose}
    >
      <p>{words.takeOverDo(short(incident.owner))}</p>
    </Confirm>
  )
}

type ReleaseProps = {
  readonly subject: string
  readonly words: 'giveBack' | 'release'
  readonly leftOpen?: readonly string[]
  readonly onClose: () => void
}

function Release({ subject, words: which, leftOpen = [], onClose }: ReleaseProps) {
  const words = useDictionary(incidentWords).orders
  const { mutateAsync } = useOrder('release')
  return (
    <Confirm
      title={words[`${which}Title`]}
      action={words[which]}
      attempted={words[`${which}Failed`]}
      onConfirm={(reason) => mutateAsync({ subject, reason })}
      onClose={onClose}
    >
      <p>{which === 'release' ? words.releaseDo(short(subject)) : words.giveBackDo}</p>
      <ul>
        {leftOpen.map((left) => (
          <li key={left}>
            <Outside>{left}</Outside>
          </li>
        ))}
      </ul>
    </Confirm>
  )
}

function Wrong({ view, onClose }: DialogProps) {
  const words = useDictionary(incidentWords).orders
  const { mutateAsync } = useOrder('wrong')
  const name = useId()
  const subjects = judgeable(view)
  const [subject, choose] = useState(subjects[0]?.subject ?? view.incident.id)
  return (
    <Confirm
      title={words.wrongTitle}
      action={words.wrong}
      attempted={words.wrongFailed}
      onConfirm={(reason) => mutateAsync({ id: subject, reason })}
      onClose={onClose}
    >
      <p>{words.wrongDo}</p>
      <fieldset className="subjects">
        <legend>{words.wrongWhat}</legend>
        {subjects.map((one) => (
          <label key={one.subject}>
            <input type="radio" name={name} checked={one.subject === subject} onChange={() => choose(one.subject)} />
            {one.remedy === undefined ? words.wrongDiagnosis : words.wrongRun(short(one.remedy), one.subject)}
          </label>
        ))}
      </fieldset>
    </Confirm>
  )
}

/** What people have said was wrong. */
export function Marks({ view }: { readonly view: IncidentView }) {
  const words = useDictionary(incidentWords).page
  return view.entries.map(({ seq, at, body }) =>
    body?.kind === 'marked-wrong' ? (
      <p key={seq} className="mark">
        <strong>{words.marked(short(body.by))}</strong> <Time at={at.wallMs} />{' '}
        <Outside>{body.subject === view.incident.id ? words.diagnosisOf : body.subject}</Outside>:{' '}
        <Outside>{body.reason}</Outside>
      </p>
    ) : null,
  )
}
