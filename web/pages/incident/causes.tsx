import type { Diagnosis, Hypothesis } from '../../../src/domain/diagnosis.ts'
import type { Evidence } from '../../../src/domain/finding.ts'
import { useFormat } from '../../format.ts'
import { Folded } from '../../ui/folded.tsx'
import { Time } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { valueText } from './plot.ts'
import { Outside, Ref } from './ref.tsx'
import { incidentWords } from './words.ts'

/** As many as mean something at one look; of many that are sick of the same, the rest says the same. */
const MOST_CAUSES = 4

/** Causes with what speaks for and against each, and who depends on what is broken. */
export function Causes({ diagnosis }: { readonly diagnosis: Diagnosis | undefined }) {
  const words = useDictionary(incidentWords).causes
  if (!diagnosis || diagnosis.hypotheses.length === 0) return <p className="soft">{words.none}</p>
  const { hypotheses, blastRadius, distances = {} } = diagnosis
  return (
    <>
      <Folded items={hypotheses} most={MOST_CAUSES} className="causes">
        {(one) => (
          <li key={`${one.cause} ${one.target}`}>
            <Cause hypothesis={one} />
          </li>
        )}
      </Folded>
      {blastRadius.length > 0 && (
        <p className="soft">
          {words.felt}: <Refs refs={blastRadius} far={distances} />
        </p>
      )}
    </>
  )
}

function Cause({ hypothesis }: { readonly hypothesis: Hypothesis }) {
  const words = useDictionary(incidentWords).causes
  const format = useFormat()
  const { cause, target, confidence, summary, recommendation, affected = [] } = hypothesis
  return (
    <>
      <p className="cause-head">
        <strong>
          <Outside>{cause}</Outside>
        </strong>
        <Ref>{target}</Ref>
        <span className="confidence">
          <meter min={0} max={1} value={confidence} aria-label={format.percent(confidence)} />
          <span className="number">{format.percent(confidence)}</span>
        </span>
      </p>
      <p>
        <Outside>{summary}</Outside>
      </p>
      <dl className="pairs">
        <EvidenceList title={words.for} evidence={hypothesis.for} />
        <EvidenceList title={words.against} evidence={hypothesis.against} />
        {recommendation !== undefined && (
          <div>
            <dt>{words.recommended}</dt>
            <dd>
              <Outside>{recommendation}</Outside>
            </dd>
          </div>
        )}
        {affected.length > 0 && (
          <div>
            <dt>{words.affected}</dt>
            <dd>
              <Refs refs={affected} far={{}} />
            </dd>
          </div>
        )}
      </dl>
    </>
  )
}

function EvidenceList({ title, evidence }: { readonly title: string; readonly evidence: readonly Evidence[] }) {
  if (evidence.length === 0) return null
  return (
    <div>
      <dt>{title}</dt>
      {evidence.map((one, index) => (
        // One signal may be named twice, at one moment.
        // oxlint-disable-next-line react/no-array-index-key
        <dd key={index}>
          <EvidenceText evidence={one} />
        </dd>
      ))}
    </div>
  )
}

function EvidenceText({ evidence: { signal, value, limit, at, text } }: { readonly evidence: Evidence }) {
  const words = useDictionary(incidentWords).causes
  return (
    <>
      <Outside>{signal}</Outside>{' '}
      {text === undefined ? (
        <>
          <span className="number">{value === null ? words.unknown : valueText(value)}</span>
          {limit !== undefined && <span className="soft"> ({words.limit(valueText(limit))})</span>}
        </>
      ) : (
        <q>
          <Outside>{text}</Outside>
        </q>
      )}{' '}
      <span className="soft">
        <Time at={at} />
      </span>
    </>
  )
}

function Refs({ refs, far }: { readonly refs: readonly string[]; readonly far: Readonly<Record<string, number>> }) {
  return refs.map((ref, index) => (
    <span key={ref}>
      {index > 0 && ', '}
      <Ref>{ref}</Ref>
      {(far[ref] ?? 1) > 1 && <span className="soft"> +{(far[ref] ?? 1) - 1}</span>}
    </span>
  ))
}
