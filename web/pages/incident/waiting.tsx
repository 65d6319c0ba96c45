import { useState } from 'react'
import type { Proposal } from '../../../src/domain/proposal.ts'
import type { IncidentView, PlanView, ProposalView } from '../../../src/domain/view.ts'
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
import { useTongue } from './say.ts'
import { previewOf, Steps } from './steps.tsx'
import { incidentWords } from './words.ts'

/** The proposal that waits for this person, if one does. */
export function Waiting({ view: { proposal, plans } }: { readonly view: IncidentView }) {
  const words = useDictionary(incidentWords).orders
  const { tongue, say } = useTongue()
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
      <Answer proposal={{ proposal }} plans={plans} />
    </Banner>
  )
}

type AnswerProps = { readonly proposal: ProposalView; readonly plans: readonly PlanView[] }

/** Yes or no to a proposal, each with a dialog that names what will happen; `a` asks for the yes. */
export function Answer({ proposal, plans }: AnswerProps) {
  const words = useDictionary(incidentWords).orders
  const because = useBecause()
  const now = useNow()
  const [asked, ask] = useState<'approve' | 'reject'>()
  const barrier = barrierOfAnswer(proposal, now)
  const notApprove = because('approve', barrier)
  useKeys({ a: () => notApprove === undefined && ask('approve') })
  const close = (): void => ask(undefined)
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
        <AnswerDialog order={asked} proposal={proposal.proposal} plans={plans} because={notApprove} onClose={close} />
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
