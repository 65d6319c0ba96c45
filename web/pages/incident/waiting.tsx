import { useState } from 'react'
import type { Proposal } from '../../../src/domain/proposal.ts'
import type { IncidentView, PlanView } from '../../../src/domain/view.ts'
import { useOrder } from '../../api.ts'
import { useKeys } from '../../keys.ts'
import { useNow } from '../../now.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { Countdown } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { barrierOfAnswer } from './orders.ts'
import { useBecause } from './orders.tsx'
import { Outside } from './ref.tsx'
import { short, useTongue } from './say.ts'
import { previewOf, Steps } from './steps.tsx'
import { incidentWords } from './words.ts'

/** The proposal that waits for this person, if one does. */
export function Waiting({ view: { proposal: open, plans, incident } }: { readonly view: IncidentView }) {
  const { orders: words, proposal: about } = useDictionary(incidentWords)
  const { tongue, say } = useTongue()
  // What somebody is about to answer stays on the page when another has answered it meanwhile.
  const [held, hold] = useState<Proposal>()
  const proposal = held ?? open
  if (!proposal) return null
  const { plan, expiresAt } = proposal
  return (
    <Banner tone="gold" label={words.waits}>
      <p className="waiting">
        <strong>{words.waits}</strong>
        <span>{tongue.deed(plan.remedy, { ref: plan.target, again: false }, say)}</span>
        <span className="soft">
          {words.expiresIn} <Countdown to={expiresAt} />
        </span>
      </p>
      {incident.endorsed && <p>{about.endorsed(short(incident.endorsed.by))}</p>}
      <Answer
        proposal={proposal}
        isEnded={open?.id !== proposal.id}
        plans={plans}
        onAsk={(isAsking) => hold(isAsking ? proposal : undefined)}
      />
    </Banner>
  )
}

type AnswerProps = {
  readonly proposal: Proposal
  /** Somebody has answered it, or there is no need for it any more. */
  readonly isEnded: boolean
  readonly plans: readonly PlanView[]
  readonly onAsk?: (isAsking: boolean) => void
}

/** Yes or no to a proposal, each with a dialog that names what will happen; `a` asks for the yes. */
export function Answer({ proposal, isEnded, plans, onAsk }: AnswerProps) {
  const words = useDictionary(incidentWords).orders
  const because = useBecause()
  const now = useNow()
  const [asked, setAsked] = useState<'approve' | 'reject'>()
  const barrier = barrierOfAnswer(proposal, isEnded, now)
  const notApprove = because('approve', barrier)
  const ask = (order: typeof asked): void => {
    setAsked(order)
    onAsk?.(order !== undefined)
  }
  useKeys({ a: () => notApprove === undefined && ask('approve') })
  return (
    <div className="answer">
      <Button tone="main" hint="a" because={notApprove} onClick={() => ask('approve')}>
        {words.approve}
      </Button>
      {/* One reason is enough for both. */}
      {notApprove === undefined && (
        <Button because={because('reject', barrier)} onClick={() => ask('reject')}>
          {words.reject}
        </Button>
      )}
      {asked && (
        <AnswerDialog
          order={asked}
          proposal={proposal}
          plans={plans}
          because={notApprove}
          onClose={() => ask(undefined)}
        />
      )}
    </div>
  )
}

type DialogProps = {
  readonly order: 'approve' | 'reject'
  readonly proposal: Proposal
  readonly plans: readonly PlanView[]
  readonly because: string | undefined
  readonly onClose: () => void
}

function AnswerDialog({ order, proposal, plans, because, onClose }: DialogProps) {
  const words = useDictionary(incidentWords)
  const { mutateAsync } = useOrder(order)
  const { cannotUndo } = proposal.plan
  return (
    <Confirm
      title={words.orders[`${order}Title`]}
      action={words.orders[order]}
      attempted={words.orders[`${order}Failed`]}
      because={because}
      onConfirm={(reason) => mutateAsync({ id: proposal.id, reason })}
      onClose={onClose}
    >
      <p>{words.orders[`${order}Do`]}</p>
      <Steps steps={previewOf(proposal, plans)} />
      {order === 'approve' && cannotUndo.length > 0 && (
        <p>
          <strong>{words.run.cannotUndo}:</strong> <Outside>{cannotUndo.join('; ')}</Outside>
        </p>
      )}
    </Confirm>
  )
}
