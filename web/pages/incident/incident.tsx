import { useEffect } from 'react'
import { Link, useParams } from 'wouter'
import { NotFoundError } from '../../../src/api/problem.ts'
import type { IncidentView } from '../../../src/domain/view.ts'
import { useIncident } from '../../api.ts'
import '../../styles/incident.css'
import { Asked, Empty, Loading } from '../../ui/asked.tsx'
import { IncidentBadge, SeverityBadge } from '../../ui/badge.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Ago, Duration, Time } from '../../ui/time.tsx'
import { useDictionary, useWords } from '../../words/words.ts'
import { Acknowledged } from './acknowledge.tsx'
import { Candidates } from './candidates.tsx'
import { Causes } from './causes.tsx'
import { Changes } from './changes.tsx'
import { Charts } from './chart.tsx'
import { Ending } from './ending.tsx'
import { Log } from './log.tsx'
import { Marks, Orders } from './orders.tsx'
import { postMortem } from './post-mortem.ts'
import { Sentence } from './ref.tsx'
import { Runs } from './runs.tsx'
import { stamp, useTongue } from './say.ts'
import { sentenceOf } from './telling.ts'
import { shortName } from './tongue.ts'
import { Waiting } from './waiting.tsx'
import { incidentWords } from './words.ts'

/** One incident: what happened, what was done, and why not something else. */
export function IncidentPage() {
  const { id } = useParams<{ id: string }>()
  const words = useDictionary(incidentWords).page
  const { nav } = useWords()
  const query = useIncident(id)
  if (query.error instanceof NotFoundError) return <Missing />
  const asked = (
    <Asked query={query} what={words.what} lines={8}>
      {(view) => <Story key={view.incident.id} view={view} />}
    </Asked>
  )
  if (query.data && !query.isPlaceholderData) return asked
  // What is kept from the incident before is not this one.
  return <Page title={nav.incidents}>{query.isPlaceholderData ? <Loading lines={8} /> : asked}</Page>
}

function Missing() {
  const words = useDictionary(incidentWords).page
  return (
    <Page title={words.missing}>
      <Empty title={words.missing}>{words.missingWhy}</Empty>
      <p>
        <Link href="/incidents">{words.back}</Link>
      </p>
    </Page>
  )
}

function Story({ view }: { readonly view: IncidentView }) {
  const { incident } = view
  const { tongue, say } = useTongue()
  const words = useDictionary(incidentWords)
  const title = say.name(shortName(incident.owner).name)
  useEffect(() => {
    document.title = `${title} · Kintsugi`
  }, [title])
  return (
    <article className="incident">
      <Facts view={view} />
      <h1 className="sentence">
        <Sentence>{sentenceOf(view, tongue, say)}</Sentence>
      </h1>
      <Marks view={view} />
      <Acknowledged incident={incident} />
      <Waiting view={view} />
      <Orders view={view}>
        <Copy view={view} />
      </Orders>
      <Charts view={view} />
      <div className="beside">
        <Section title={words.causes.title}>
          <Causes diagnosis={incident.diagnosis} />
        </Section>
        <Section title={words.changesBefore.title}>
          <Changes changes={view.changes} />
        </Section>
      </div>
      <Section title={words.candidates.title}>
        <Candidates view={view} />
      </Section>
      <Section title={words.run.title}>
        <Runs view={view} />
      </Section>
      <Ending view={view} />
      <Section title={words.log.title}>
        <Log view={view} />
      </Section>
    </article>
  )
}

function Facts({ view: { incident } }: { readonly view: IncidentView }) {
  const words = useDictionary(incidentWords).page
  const { id, severity, status, openedAt, closedAt } = incident
  return (
    <p className="facts">
      <SeverityBadge severity={severity} />
      <IncidentBadge status={status} />
      <span>
        {words.opened} <Time at={openedAt} />
      </span>
      {closedAt === undefined ? (
        <span>
          {words.openFor} <Ago at={openedAt} />
        </span>
      ) : (
        <span>
          {words.took} <Duration ms={closedAt - openedAt} />
        </span>
      )}
      <code>{id}</code>
    </p>
  )
}

function Copy({ view }: { readonly view: IncidentView }) {
  const words = useDictionary(incidentWords)
  const { tongue } = useTongue()
  const text = (): string => postMortem(view, { words: { ...words, ...words.postMortem }, tongue, time: stamp })
  return <CopyButton text={text} label={words.page.copy} />
}
