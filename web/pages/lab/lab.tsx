import type { LabView } from '../../../lab/view.ts'
import { useIncidents, useLab, useMe } from '../../api.ts'
import { useNow } from '../../now.ts'
import '../../styles/lab.css'
import { Asked, Empty } from '../../ui/asked.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { useDictionary } from '../../words/words.ts'
import { Fault } from './fault.tsx'
import { incidentOf } from './shape.ts'
import { Users } from './users.tsx'
import { words as dictionary } from './words.ts'

/** The demo's lab: what its users meet, and a button for everything that can be broken. */
export function LabPage() {
  const words = useDictionary(dictionary)
  const me = useMe()
  return (
    <Page title={words.title}>
      <Asked query={me} what={words.what} lines={8}>
        {({ demo }) => (demo.lab === undefined ? <Empty title={words.noLab}>{words.noLabWhy}</Empty> : <Lab />)}
      </Asked>
    </Page>
  )
}

function Lab() {
  const words = useDictionary(dictionary)
  const lab = useLab()
  return (
    <>
      <p className="soft">{words.about}</p>
      <Asked query={lab} what={words.what} lines={8}>
        {(view) => (
          <>
            <Users users={view.users} />
            <Faults view={view} seenAt={lab.dataUpdatedAt} />
          </>
        )}
      </Asked>
    </>
  )
}

/** @param seenAt when the view came, by the clock of this browser */
function Faults({ view, seenAt }: { readonly view: LabView; readonly seenAt: number }) {
  const words = useDictionary(dictionary)
  const { data: me } = useMe()
  const { data: incidents } = useIncidents('all', { limit: 50 })
  // By the lab's clock, which need not be the browser's.
  const now = view.at + Math.max(0, useNow() - seenAt)
  return (
    <Section title={words.faults}>
      <div className="faults">
        {view.faults.map((fault) => (
          <Fault
            key={fault.name}
            fault={fault}
            now={now}
            incident={incidentOf(fault, incidents?.items ?? [])}
            me={me}
          />
        ))}
      </div>
    </Section>
  )
}
