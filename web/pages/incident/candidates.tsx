import type { GateAnswer } from '../../../src/domain/verdict.ts'
import type { IncidentView } from '../../../src/domain/view.ts'
import { Badge, OUTCOMES, type Tone } from '../../ui/badge.tsx'
import { Table } from '../../ui/table.tsx'
import { useDictionary } from '../../words/words.ts'
import { candidatesOf, type Fate, gatesOf } from './ladder.ts'
import { Outside, Ref } from './ref.tsx'
import { incidentWords } from './words.ts'

export const FATES: Readonly<Record<Fate, { readonly tone: Tone; readonly mark: string }>> = {
  running: { tone: 'gold', mark: '◆' },
  proposed: { tone: 'gold', mark: '?' },
  held: { tone: 'gold', mark: '‖' },
  denied: { tone: 'quiet', mark: '⊘' },
  'would-run': { tone: 'quiet', mark: '◌' },
  refused: { tone: 'quiet', mark: '✕' },
  'not-chosen': { tone: 'quiet', mark: '–' },
  ...OUTCOMES,
}

/** Every remedy that was thought of, and the gates that kept the newest plan from running. */
export function Candidates({ view }: { readonly view: IncidentView }) {
  const words = useDictionary(incidentWords)
  const [newest] = view.plans
  const gates = newest ? gatesOf(newest) : { against: [], allowing: [] }
  return (
    <>
      <Table
        caption={words.candidates.title}
        keyOf={({ remedy, target = '' }) => `${remedy} ${target}`}
        rows={candidatesOf(view)}
        empty={<p className="soft">{words.candidates.none}</p>}
        columns={[
          {
            key: 'remedy',
            head: words.candidates.remedy,
            cell: ({ remedy, target }) => (
              <>
                {remedy === 'page' ? words.candidates.page : <Outside>{remedy}</Outside>}{' '}
                {target !== undefined && <Ref>{target}</Ref>}
              </>
            ),
          },
          {
            key: 'fate',
            head: words.candidates.fate,
            cell: ({ fate }) => <Badge {...FATES[fate]}>{words.fates[fate]}</Badge>,
          },
          {
            key: 'reason',
            head: words.candidates.reason,
            cell: ({ reason }) => (reason === undefined ? null : <Outside>{reason}</Outside>),
          },
        ]}
      />
      {gates.against.length > 0 && <Gates answers={gates.against} title={words.candidates.gates} />}
      {gates.allowing.length > 0 && (
        <details className="fold">
          <summary>{words.candidates.allowed(gates.allowing.length)}</summary>
          <Gates answers={gates.allowing} title={words.candidates.allowed(gates.allowing.length)} />
        </details>
      )}
    </>
  )
}

/** What gates answered: what each compared, and what would change its answer. */
export function Gates({ answers, title }: { readonly answers: readonly GateAnswer[]; readonly title: string }) {
  const words = useDictionary(incidentWords).candidates
  return (
    <div className="gates">
      <Table
        caption={title}
        keyOf={({ gate }) => gate}
        rows={answers}
        empty={null}
        columns={[
          { key: 'gate', head: words.gate, cell: ({ gate }) => <Outside>{gate}</Outside> },
          { key: 'answer', head: words.answer, cell: ({ answer }) => words.answers[answer] },
          { key: 'reason', head: words.reason, cell: ({ reason }) => <Outside>{reason}</Outside> },
          {
            key: 'compared',
            head: words.compared,
            cell: ({ value, limit }) => {
              if (value === undefined) return null
              const compared = limit === undefined ? String(value) : words.ofLimit(String(value), String(limit))
              return <Outside>{compared}</Outside>
            },
          },
          {
            key: 'unlocks',
            head: words.unlocks,
            cell: ({ unlocks, person }) => {
              if (unlocks !== undefined) return <Outside>{unlocks}</Outside>
              return person === true ? words.person : null
            },
          },
        ]}
      />
    </div>
  )
}
