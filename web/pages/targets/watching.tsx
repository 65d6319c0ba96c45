import { Link } from 'wouter'
import type { PolicyView, TargetView } from '../../../src/domain/view.ts'
import { usePolicies } from '../../api.ts'
import { Asked } from '../../ui/asked.tsx'
import { Section } from '../../ui/page.tsx'
import { useDictionary, useWords } from '../../words/words.ts'
import { nearest } from './shape.ts'
import { words as dictionary } from './words.ts'

/** Who watches a target; where nobody does, which policy would have to. */
export function Watching({ view }: { readonly view: TargetView }) {
  const words = useDictionary(dictionary)
  const policies = usePolicies()
  return (
    <Section title={words.watching}>
      <Asked query={policies} what={words.watching} lines={2}>
        {(views) => {
          const watching = views.filter(({ policy }) => view.policies.includes(policy.name))
          return watching.length > 0 ? <Policies views={watching} /> : <Unwatched view={view} views={views} />
        }}
      </Asked>
    </Section>
  )
}

function Policies({ views }: { readonly views: readonly PolicyView[] }) {
  const { autonomy: autonomies } = useWords()
  return (
    <ul className="plain">
      {views.map(({ policy: { name, condition }, autonomy }) => (
        <li key={name}>
          <Link href={`/policies?q=${encodeURIComponent(name)}`}>{name}</Link>{' '}
          <span className="soft">{autonomies[autonomy]}</span>
          <code className="block">{condition}</code>
        </li>
      ))}
    </ul>
  )
}

function Unwatched({ view, views }: { readonly view: TargetView; readonly views: readonly PolicyView[] }) {
  const words = useDictionary(dictionary)
  const near = nearest(views, view.target)
  return (
    <>
      <p>
        <strong>{words.unwatchedTitle}.</strong> {words.unwatchedHow} <code>target: {view.target}</code>
      </p>
      {near.length === 0 ? (
        <p className="soft">{words.unwatchedNone}</p>
      ) : (
        <>
          <p>{words.unwatchedNear}</p>
          <ul className="plain">
            {near.map(({ policy: { name, target } }) => (
              <li key={name}>
                <Link href={`/policies?q=${encodeURIComponent(name)}`}>{name}</Link> <code>{target}</code>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}
