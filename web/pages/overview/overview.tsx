import { lazy, Suspense } from 'react'
import { useOverview, useStatus, useTargets } from '../../api.ts'
import { useLive } from '../../live.ts'
import { Asked, Loading } from '../../ui/asked.tsx'
import { Page } from '../../ui/page.tsx'
import { useDictionary, useWords } from '../../words/words.ts'
import { Budgets } from './budgets.tsx'
import { Day } from './day.tsx'
import { Needs } from './needs.tsx'
import { Pauses } from './pauses.tsx'
import { Touched } from './touched.tsx'
import { overviewWords } from './words.ts'
import './overview.css'

/** The drawing of the map is more than all the rest together, and is looked at last. */
const Topology = lazy(async () => ({ default: (await import('./topology.tsx')).Topology }))

/** The first screen: what needs a person, what is being done, what was done, and how everything is. */
export function OverviewPage() {
  const words = useDictionary(overviewWords)
  const overview = useOverview()
  const targets = useTargets()
  const status = useStatus()
  const old = useLive() === 'lost' || overview.error !== null || status.error !== null
  return (
    <Page title={useWords().nav.overview}>
      <Asked query={overview} what={words.what} lines={8}>
        {({ needs, moreNeeds, touched, moreTouched, day, budgets }) => (
          <>
            <Needs needs={needs} unlisted={moreNeeds} day={day} status={status.data} targets={targets.data} old={old} />
            <div className="panels">
              <Touched touched={touched} unlisted={moreTouched} />
              <Day day={day} />
              <Budgets budgets={budgets} />
            </div>
          </>
        )}
      </Asked>
      <Pauses />
      <Suspense fallback={<Loading lines={6} />}>
        <Topology query={targets} />
      </Suspense>
    </Page>
  )
}
