import { useId, useState } from 'react'
import { useOrder } from '../api.ts'
import { useKeys } from '../keys.ts'
import { useMay } from '../may.ts'
import { useWords } from '../words/words.ts'
import { Button } from './button.tsx'
import { Confirm } from './confirm.tsx'

/** Stops Kintsugi, or lets it go on; by `p` as well. */
export function PauseButton({ paused }: { readonly paused: boolean }) {
  const words = useWords().pause
  const [asking, ask] = useState(false)
  const because = useMay(paused ? 'resume' : 'pause')
  useKeys({ p: () => ask(true) })
  return (
    <>
      <Button tone={paused ? 'main' : 'harm'} hint="p" because={because} onClick={() => ask(true)}>
        {paused ? words.resume : words.button}
      </Button>
      {asking && (paused ? <Resume onClose={() => ask(false)} /> : <Pause onClose={() => ask(false)} />)}
    </>
  )
}

function Pause({ onClose }: { readonly onClose: () => void }) {
  const words = useWords().pause
  const pause = useOrder('pause')
  const name = useId()
  const [freeze, setFreeze] = useState(false)
  const ways = [
    { freezes: false, title: words.safe, hint: words.safeHint },
    { freezes: true, title: words.freeze, hint: words.freezeHint },
  ]
  return (
    <Confirm
      title={words.title}
      action={freeze ? words.freeze : words.safe}
      attempted={words.attempted}
      tone="harm"
      because={useMay('pause')}
      onConfirm={(reason) => pause.mutateAsync({ reason, freeze })}
      onClose={onClose}
    >
      <fieldset className="choice">
        <legend>{words.how}</legend>
        {ways.map(({ freezes, title, hint }) => (
          <label key={title}>
            <input type="radio" name={name} checked={freeze === freezes} onChange={() => setFreeze(freezes)} />
            <span>
              {title}
              <span className="hint">{hint}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </Confirm>
  )
}

function Resume({ onClose }: { readonly onClose: () => void }) {
  const words = useWords().pause
  const resume = useOrder('resume')
  return (
    <Confirm
      title={words.resumeTitle}
      action={words.resume}
      attempted={words.resumeAttempted}
      because={useMay('resume')}
      onConfirm={(reason) => resume.mutateAsync({ reason })}
      onClose={onClose}
    >
      <p>{words.resumeHint}</p>
    </Confirm>
  )
}
