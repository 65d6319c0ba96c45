import type { ReactNode } from 'react'
import { Link, useParams } from 'wouter'
import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { TargetView } from '../../../src/domain/view.ts'
import { useMe, useOverview, useStatus, useTargets } from '../../api.ts'
import { decoded, targetPath } from '../../filter.ts'
import { useFormat } from '../../format.ts'
import '../../styles/lists.css'
import '../../styles/targets.css'
import { Asked, Empty } from '../../ui/asked.tsx'
import { TargetBadge } from '../../ui/badge.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { useDictionary } from '../../words/words.ts'
import { Free } from './free.tsx'
import { HoldButton } from './hold.tsx'
import { Kept } from './kept.tsx'
import { Incidents, Runs } from './of-late.tsx'
import { type Around, around, budgetOf, keptNow, type Place } from './shape.ts'
import { Watching } from './watching.tsx'
import { words as dictionary } from './words.ts'

/** One target: how it is and why, what stands around it, what was done to it, and what keeps hands off it. */
export function TargetPage() {
  const words = useDictionary(dictionary)
  const target = decoded(useParams<{ readonly ref: string }>().ref)
  const targets = useTargets()
  return (
    <Page title={target} aside={<Link href="/targets">{words.back}</Link>}>
      <Asked query={targets} what={words.theTarget} lines={8}>
        {(views) => {
          const view = views.find((one) => one.target === target)
          if (!view) return <Empty title={words.unknown(target)}>{words.unknownWhy}</Empty>
          return <Target view={view} views={views} />
        }}
      </Asked>
    </Page>
  )
}

function Target({ view, views }: { readonly view: TargetView; readonly views: readonly TargetView[] }) {
  const nearby = around(views, view.target)
  const place: Place = { target: view.target, owners: nearby.owners }
  return (
    <div className="target">
      <State view={view} place={place} />
      <div className="columns">
        <div>
          <Watching view={view} />
          <Kept place={place} />
          <Budget place={place} />
        </div>
        <div>
          <Lineage nearby={nearby} views={views} />
        </div>
      </div>
      <Incidents place={place} />
      <Runs place={place} />
    </div>
  )
}

function State({ view, place }: { readonly view: TargetView; readonly place: Place }) {
  const words = useDictionary(dictionary)
  const { data: me } = useMe()
  const { data: status } = useStatus()
  const { state, because, incident } = view
  return (
    <div className="target-state">
      <TargetBadge state={state} />
      <div className="target-why">
        {because !== undefined && (
          <strong>
            <Free text={because} />
          </strong>
        )}
        <span className="soft">{words.stateWhy[state]}</span>
        {incident !== undefined && (
          <span>
            {words.incident}: <Link href={`/incidents/${encodeURIComponent(incident)}`}>{incident}</Link>
          </span>
        )}
      </div>
      <HoldButton place={place} kept={keptNow(status)} me={me} />
    </div>
  )
}

/** What is left of the attempts on it. */
function Budget({ place }: { readonly place: Place }) {
  const words = useDictionary(dictionary)
  const format = useFormat()
  const overview = useOverview()
  return (
    <Section title={words.budget}>
      <Asked query={overview} what={words.theBudgets} lines={1}>
        {({ budgets }) => {
          const budget = budgetOf(budgets, place)
          if (!budget) return <p className="soft">{words.budgetNone}</p>
          const { owner, used, attempts, withinMs, latched } = budget
          const left = Math.max(0, attempts - used)
          return (
            <p>
              {latched ? words.budgetLatched : words.budgetLeft(left, attempts, format.duration(withinMs))}
              {owner !== place.target && <span className="soft"> ({words.budgetOn(owner)})</span>}
            </p>
          )
        }}
      </Asked>
    </Section>
  )
}

function Lineage({ nearby, views }: { readonly nearby: Around; readonly views: readonly TargetView[] }) {
  const words = useDictionary(dictionary)
  const known = new Map(views.map((view) => [view.target, view]))
  const one = (target: ResourceRef, learned = false): ReactNode => (
    <li key={target}>
      <Neighbour target={target} view={known.get(target)} />
      {learned && <span className="soft"> {words.learned}</span>}
    </li>
  )
  const { owners, parts, dependsOn, calls, dependents } = nearby
  return (
    <>
      {owners.length > 0 && <Neighbours title={words.partOf}>{owners.map((owner) => one(owner))}</Neighbours>}
      {parts.length > 0 && <Neighbours title={words.parts}>{parts.map(({ target }) => one(target))}</Neighbours>}
      <Neighbours title={words.dependsOn}>
        {[...dependsOn.map((target) => one(target)), ...calls.map((target) => one(target, true))]}
      </Neighbours>
      <Neighbours title={words.dependents}>{dependents.map(({ target, learned }) => one(target, learned))}</Neighbours>
    </>
  )
}

function Neighbours({ title, children }: { readonly title: string; readonly children: readonly ReactNode[] }) {
  const words = useDictionary(dictionary)
  return (
    <Section title={title}>
      {children.length === 0 ? <p className="soft">{words.nothing}</p> : <ul className="plain">{children}</ul>}
    </Section>
  )
}

/** Somebody may be known by name only: declared, and not found by any connector. */
function Neighbour({ target, view }: { readonly target: ResourceRef; readonly view: TargetView | undefined }) {
  if (!view) return <span className="ref">{target}</span>
  return (
    <>
      <TargetBadge state={view.state} />{' '}
      <Link className="ref" href={targetPath(target)}>
        {target}
      </Link>
    </>
  )
}
