import { useConfig, lacking, useMe, useOrder } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Section } from '../../ui/page.tsx'
import { ProblemNote } from '../../ui/problem.tsx'
import { useDictionary, useWords } from '../../words/words.ts'
import { words as dictionary } from './words.ts'

const CHECK = 'kintsugi check-config -c kintsugi.yaml'

/** How policies are changed: in the file. */
export function Change() {
  const words = useDictionary(dictionary)
  const { data: config } = useConfig()
  return (
    <div id="change">
      <Section title={words.change}>
        <p>{words.changeAbout}</p>
        <ol className="steps">
          <li>{words.changeEdit}</li>
          <li>
            {words.changeCheck} <code>{CHECK}</code> <CopyButton text={() => CHECK} />
          </li>
          <li>
            {words.changeReload} <Reload />
          </li>
        </ol>
        {config && (
          <p className="soft">
            {words.digest}: <code>{config.digest}</code>
          </p>
        )}
      </Section>
    </div>
  )
}

function Reload() {
  const words = useDictionary(dictionary)
  const { roleNeeded, roles } = useWords()
  const { data: me } = useMe()
  const { mutate, isPending, isSuccess, error } = useOrder('reload')
  const role = lacking('reload', me)
  return (
    <>
      <Button
        busy={isPending}
        because={role === undefined ? undefined : roleNeeded(roles[role])}
        onClick={() => mutate({})}
      >
        {words.reload}
      </Button>{' '}
      <output>{isSuccess && words.reloaded}</output>
      {error && <ProblemNote error={error} attempted={words.reloadAttempted} />}
    </>
  )
}
