import { useId, useState } from 'react'
import type { Incident } from '../../../src/domain/incident.ts'
import { useOrder } from '../../api.ts'
import { useFormat } from '../../format.ts'
import { useNow } from '../../now.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { Ago, Countdown } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { acknowledgedNow } from './orders.ts'
import { Outside } from './ref.tsx'
import { short } from './say.ts'
import { incidentWords } from './words.ts'

const MINUTE_MS = 60_000
const LENGTHS_MS = [30 * MINUTE_MS, 60 * MINUTE_MS, 4 * 60 * MINUTE_MS]

/** Says that this person looks at the incident: until it ends, or for so long. */
export function Acknowledge({ incident, onClose }: { readonly incident: Incident; readonly onClose: () => void }) {
  const words = useDictionary(incidentWords).orders
  const format = useFormat()
  const id = useId()
  const [forMs, setForMs] = useState<number>()
  const { mutateAsync } = useOrder('acknowledge')
  return (
    <Confirm
      title={words.acknowledgeTitle}
      action={words.acknowledge}
      attempted={words.acknowledgeFailed}
      onConfirm={(reason) => mutateAsync({ id: incident.id, reason, ...(forMs !== undefined && { forMs }) })}
      onClose={onClose}
    >
      <p>{words.acknowledgeDo(short(incident.owner))}</p>
      <p className="field">
        <label htmlFor={id}>{words.acknowledgeFor}</label>
        <select
          id={id}
          value={forMs ?? ''}
          onChange={({ target }) => setForMs(target.value === '' ? undefined : Number(target.value))}
        >
          <option value="">{words.untilItEnds}</option>
          {LENGTHS_MS.map((ms) => (
            <option key={ms} value={ms}>
              {format.duration(ms)}
            </option>
          ))}
        </select>
      </p>
    </Confirm>
  )
}

/** Who looks at it now, and since when; nothing where nobody does. */
export function Acknowledged({ incident }: { readonly incident: Incident }) {
  const words = useDictionary(incidentWords).page
  const seen = acknowledgedNow(incident, useNow())
  if (!seen) return null
  const { by, reason, since, forMs } = seen
  return (
    <p className="mark">
      <strong>{words.acknowledgedBy(short(by))}</strong>{' '}
      <span className="soft">
        {words.since} <Ago at={since.wallMs} />
        {forMs !== undefined && (
          <>
            , {words.left} <Countdown to={since.wallMs + forMs} />
          </>
        )}
      </span>
      : <Outside>{reason}</Outside>
    </p>
  )
}
