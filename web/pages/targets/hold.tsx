import { useId, useState } from 'react'
import { lacking, type Me, useOrder } from '../../api.ts'
import { useFormat } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { useDictionary, useWords } from '../../words/words.ts'
import { type Kept, keptOn, type Place } from './shape.ts'
import { words as dictionary } from './words.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const LENGTHS_MS = [15 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS]

type Props = { readonly place: Place; readonly kept: Kept; readonly me: Me | undefined }

/** The one order that a target can be given now: hold it, or release what keeps it. */
export function HoldButton({ place, kept, me }: Props) {
  const { holds, latches, locks } = keptOn(kept, { ...place, owners: [] })
  const subject = locks[0]?.run ?? (holds.length + latches.length > 0 ? place.target : undefined)
  return subject === undefined ? <Hold place={place} kept={kept} me={me} /> : <Release subject={subject} me={me} />
}

function Hold({ place: { target, owners }, kept, me }: Props) {
  const words = useDictionary(dictionary)
  const { roleNeeded, roles } = useWords()
  const [open, setOpen] = useState(false)
  const role = lacking('hold', me)
  const held = keptOn(kept, { target, owners }).holds[0]
  const because = role !== undefined ? roleNeeded(roles[role]) : held && words.heldThrough(held.target)
  return (
    <>
      <Button label={words.holdTitle(target)} because={because} onClick={() => setOpen(true)}>
        {words.hold}
      </Button>
      {open && <HoldDialog target={target} onClose={() => setOpen(false)} />}
    </>
  )
}

function HoldDialog({ target, onClose }: { readonly target: Place['target']; readonly onClose: () => void }) {
  const words = useDictionary(dictionary)
  const format = useFormat()
  const id = useId()
  const [forMs, setForMs] = useState(HOUR_MS)
  const hold = useOrder('hold')
  return (
    <Confirm
      title={words.holdTitle(target)}
      action={words.hold}
      attempted={words.holdAttempted}
      onConfirm={(reason) => hold.mutateAsync({ reason, target, forMs })}
      onClose={onClose}
    >
      <p>{words.holdAbout}</p>
      <p className="field">
        <label htmlFor={id}>{words.holdFor}</label>
        <select id={id} value={forMs} onChange={(event) => setForMs(Number(event.target.value))}>
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

/** @param subject a target, or the run that keeps it */
function Release({ subject, me }: Pick<Props, 'me'> & { readonly subject: string }) {
  const words = useDictionary(dictionary)
  const { roleNeeded, roles } = useWords()
  const [open, setOpen] = useState(false)
  const release = useOrder('release')
  const role = lacking('release', me)
  return (
    <>
      <Button
        label={words.releaseTitle(subject)}
        because={role === undefined ? undefined : roleNeeded(roles[role])}
        onClick={() => setOpen(true)}
      >
        {words.release}
      </Button>
      {open && (
        <Confirm
          title={words.releaseTitle(subject)}
          action={words.release}
          attempted={words.releaseAttempted}
          onConfirm={(reason) => release.mutateAsync({ reason, subject })}
          onClose={() => setOpen(false)}
        >
          <p>{words.releaseAbout}</p>
        </Confirm>
      )}
    </>
  )
}
