import { type ReactNode, useId, useState } from 'react'
import type { EntryKind } from '../../../src/domain/entry.ts'
import { Button } from '../../ui/button.tsx'
import { useDictionary } from '../../words/words.ts'
import { ENTRY_KINDS } from '../../../src/domain/entry-kinds.ts'
import { type RecordFilter, searchOf, seqFrom } from './shape.ts'
import { words as dictionary } from './words.ts'

type Props = { readonly filter: RecordFilter; readonly change: (filter: RecordFilter) => void }

/** What to look for; it is looked for once it is sent. */
export function Search({ filter, change }: Props) {
  const words = useDictionary(dictionary)
  const [draft, setDraft] = useState({ ...filter, from: filter.from === undefined ? '' : String(filter.from) })
  const from = seqFrom(draft.from)
  const wrong = draft.from.trim() !== '' && from === undefined
  const type = (field: 'incident' | 'run' | 'text' | 'from') => (value: string) =>
    setDraft({ ...draft, [field]: value })
  const send = (): void => {
    const { kind, incident, run, text } = draft
    if (wrong) return
    change({
      ...(kind && { kind }),
      incident: incident.trim(),
      run: run.trim(),
      text: text.trim(),
      ...(from !== undefined && { from }),
    })
  }
  return (
    <form
      className="record-search"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <Kind kind={filter.kind} onChange={(kind) => change(withKind(filter, kind))} />
      <Field label={words.text} value={draft.text} onChange={type('text')} />
      <Field label={words.incident} value={draft.incident} onChange={type('incident')} />
      <Field label={words.run} value={draft.run} onChange={type('run')} />
      <Field label={words.from} value={draft.from} onChange={type('from')}>
        {wrong && <span className="wrong">{words.badNumber}</span>}
      </Field>
      <span className="record-buttons">
        <button type="submit" className="button">
          {words.search}
        </button>
        {searchOf(filter) !== '' && (
          <Button tone="quiet" onClick={() => change({ incident: '', run: '', text: '' })}>
            {words.clear}
          </Button>
        )}
      </span>
    </form>
  )
}

function withKind(filter: RecordFilter, kind: EntryKind | undefined): RecordFilter {
  const { kind: _, ...rest } = filter
  return kind ? { ...rest, kind } : rest
}

type KindProps = { readonly kind: EntryKind | undefined; readonly onChange: (kind: EntryKind | undefined) => void }

function Kind({ kind, onChange }: KindProps) {
  const words = useDictionary(dictionary)
  const id = useId()
  return (
    <span className="field">
      <label htmlFor={id}>{words.kind}</label>
      <select
        id={id}
        value={kind ?? ''}
        onChange={(event) => onChange(ENTRY_KINDS.find((one) => one === event.target.value))}
      >
        <option value="">{words.anyKind}</option>
        {ENTRY_KINDS.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </span>
  )
}

type FieldProps = {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly children?: ReactNode
}

function Field({ label, value, onChange, children }: FieldProps) {
  const id = useId()
  return (
    <span className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        value={value}
        maxLength={200}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
      {children}
    </span>
  )
}
