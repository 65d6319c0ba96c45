import { useState } from 'react'
import { Link } from 'wouter'
import { printable } from '../../../src/cli/text.ts'
import { type RecordCheck, useVerify } from '../../api.ts'
import { useFormat } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ProblemNote } from '../../ui/problem.tsx'
import { Ago, Time } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { entryNamedIn } from './shape.ts'
import { words as dictionary } from './words.ts'

const OFFLINE = 'kintsugi record verify --data FOLDER'

/** Whether the record is whole: asked of the server here, or of the command line without it. */
export function Verify() {
  const words = useDictionary(dictionary)
  const { data, error, isFetching, dataUpdatedAt, refetch } = useVerify()
  const [begunAt, setBegunAt] = useState(0)
  const verify = (): void => {
    setBegunAt(Date.now())
    void refetch()
  }
  return (
    <section className="verify" aria-label={words.verify}>
      <div className="verify-line">
        <Button busy={isFetching} onClick={verify}>
          {data === undefined ? words.verify : words.verifyAgain}
        </Button>
        <output className="soft">
          {isFetching ? (
            <>
              {words.verifyWaiting}, {words.verifyFor} <Ago at={begunAt} />
            </>
          ) : (
            data === undefined && words.verifyAbout
          )}
        </output>
      </div>
      {error && !isFetching && <ProblemNote error={error} attempted={words.verifyAttempted} onRetry={verify} />}
      {data && !isFetching && !error && <Answer check={data} at={dataUpdatedAt} />}
      <details>
        <summary>{words.offline}</summary>
        <p>{words.offlineText}</p>
        <p>
          <code>{OFFLINE}</code> <CopyButton text={() => OFFLINE} />
        </p>
      </details>
    </section>
  )
}

function Answer({ check, at }: { readonly check: RecordCheck; readonly at: number }) {
  const words = useDictionary(dictionary)
  const format = useFormat()
  const { ok, entries, head, problem = '' } = check
  if (!ok) return <Broken problem={problem} />
  return (
    <output className="verify-ok">
      <span>
        <strong>{words.verifyOk}.</strong> {words.verifyOkText(format.number(entries))} <Time at={at} />
      </span>
      <span>
        {words.verifyHead} <code>{head}</code> <CopyButton text={() => head} />
      </span>
      <span className="hint">{words.verifyHeadHint}</span>
    </output>
  )
}

function Broken({ problem }: { readonly problem: string }) {
  const words = useDictionary(dictionary)
  const seq = entryNamedIn(problem)
  return (
    <div className="problem" role="alert">
      <strong>{words.verifyBroken}</strong>
      <p>
        {words.verifyBrokenText} <code>{printable(problem)}</code>
      </p>
      {seq !== undefined && <Link href={`/record?from=${seq}`}>{words.verifyShow(seq)}</Link>}
    </div>
  )
}
