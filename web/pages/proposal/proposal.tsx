import { Link, useParams, useSearchParams } from 'wouter'
import { NotFoundError } from '../../../src/api/problem.ts'
import { type ProposalShown, usePlans, useProposal } from '../../api.ts'
import { useFormat } from '../../format.ts'
import { useNow } from '../../now.ts'
import '../../styles/incident.css'
import { Asked, Empty, Loading } from '../../ui/asked.tsx'
import { type Tone } from '../../ui/badge.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Countdown, Time } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { Gates } from '../incident/candidates.tsx'
import { gatesOf } from '../incident/ladder.ts'
import { Outside, Sentence } from '../incident/ref.tsx'
import { short, useTongue } from '../incident/say.ts'
import { previewOf, Steps } from '../incident/steps.tsx'
import { Answer } from '../incident/waiting.tsx'
import { Waves } from '../incident/waves.tsx'
import { incidentWords } from '../incident/words.ts'
import { standingOf } from './standing.ts'

/** One proposal, as a signed link leads to it. Opening it decides nothing: only the dialog behind its buttons does. */
export function ProposalPage() {
  const { id } = useParams<{ id: string }>()
  const [params] = useSearchParams()
  const words = useDictionary(incidentWords).proposal
  const [until, sig] = [params.get('until'), params.get('sig')]
  const query = useProposal(id, { ...(until !== null && { until }), ...(sig !== null && { sig }) })
  if (query.error instanceof NotFoundError) return <Missing />
  if (query.isPlaceholderData) return <Loading lines={6} />
  return (
    <Page title={words.title}>
      <Asked query={query} what={words.what} lines={6}>
        {(shown) => <Shown key={shown.proposal.id} shown={shown} />}
      </Asked>
    </Page>
  )
}

function Missing() {
  const words = useDictionary(incidentWords)
  return (
    <Page title={words.proposal.missing}>
      <Empty title={words.proposal.missing}>{words.proposal.missingWhy}</Empty>
      <p>
        <Link href="/incidents">{words.page.back}</Link>
      </p>
    </Page>
  )
}

function Shown({ shown }: { readonly shown: ProposalShown }) {
  const { proposal } = shown
  const { plan } = proposal
  const words = useDictionary(incidentWords)
  const { tongue, say } = useTongue()
  const { data: plans = [] } = usePlans(proposal.incident)
  return (
    <div className="incident">
      <h2 className="sentence">
        <Sentence>{tongue.deed(plan.remedy, { ref: plan.target, again: false }, say)}</Sentence>
      </h2>
      <LinkNote link={shown.link} />
      <Standing shown={shown} />
      <p>
        <Link href={`/incidents/${encodeURIComponent(proposal.incident)}`}>{words.proposal.toIncident}</Link>
      </p>
      <Section title={words.proposal.would}>
        <Waves shown={{ plan }} />
        <Steps steps={previewOf(proposal, plans)} />
        {plan.cannotUndo.length > 0 && (
          <p>
            <strong>{words.run.cannotUndo}:</strong> <Outside>{plan.cannotUndo.join('; ')}</Outside>
          </p>
        )}
      </Section>
      <Why shown={shown} />
    </div>
  )
}

const LINK_TONES = { genuine: 'green', expired: 'gold', forged: 'red' } as const satisfies Record<string, Tone>

/** Whether the link that led here was made by us; nothing where somebody came without one. */
function LinkNote({ link }: { readonly link: ProposalShown['link'] | undefined }) {
  const words = useDictionary(incidentWords).proposal
  if (!link) return null
  return (
    <Banner tone={LINK_TONES[link]} label={words.link[link]}>
      <p className="waiting">
        <strong>{words.link[link]}</strong> <span>{words[link]}</span>
      </p>
    </Banner>
  )
}

/** Whether it still waits, with the buttons; or what became of it, and by whom. */
function Standing({ shown }: { readonly shown: ProposalShown }) {
  const words = useDictionary(incidentWords)
  const now = useNow()
  const { data: plans = [] } = usePlans(shown.proposal.incident)
  const standing = standingOf(shown, now)
  if (standing === 'open') {
    return (
      <Banner tone="gold" label={words.proposal.open}>
        <p className="waiting">
          <strong>{words.proposal.open}</strong>
          <span>
            {words.orders.expiresIn} <Countdown to={shown.proposal.expiresAt} />
          </span>
          <span className="soft">
            {words.proposal.proposedAt} <Time at={shown.proposal.proposedAt} />
          </span>
        </p>
        {shown.endorsed && <p>{words.proposal.endorsed(short(shown.endorsed.by))}</p>}
        <Answer proposal={shown.proposal} isEnded={false} plans={plans} />
      </Banner>
    )
  }
  const { at = shown.proposal.expiresAt, by, reason } = shown.ended ?? {}
  return (
    <Banner tone="quiet" label={words.proposal.ends[standing]}>
      <p className="waiting">
        <strong>{words.proposal.ends[standing]}</strong> <Time at={at} />
        <span>{words.proposal.endsWhy[standing]}</span>
        {reason !== undefined && (
          <span className="soft">
            {by === undefined ? <Outside>{reason}</Outside> : words.proposal.by(short(by), short(reason))}
          </span>
        )}
      </p>
    </Banner>
  )
}

/** Why a person is asked at all: the gates that wanted it, and what was weighed. */
function Why({ shown: { proposal } }: { readonly shown: ProposalShown }) {
  const words = useDictionary(incidentWords)
  const { number } = useFormat()
  const { risk } = proposal.plan
  const gates = gatesOf(proposal)
  return (
    <Section title={words.proposal.why}>
      {risk && <p>{words.proposal.risk(number(risk.risk), number(risk.blast), number(risk.risk * risk.blast))}</p>}
      <Gates answers={gates.against} title={words.proposal.why} />
      {gates.allowing.length > 0 && (
        <details className="fold">
          <summary>{words.candidates.allowed(gates.allowing.length)}</summary>
          <Gates answers={gates.allowing} title={words.candidates.allowed(gates.allowing.length)} />
        </details>
      )}
    </Section>
  )
}
