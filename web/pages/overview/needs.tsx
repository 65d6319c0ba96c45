import { useState } from 'react'
import { Link } from 'wouter'
import type { Status } from '../../../src/domain/operator.ts'
import type { Day, Need, TargetView } from '../../../src/domain/view.ts'
import { useOrder } from '../../api.ts'
import { useMay } from '../../may.ts'
import { useNow } from '../../now.ts'
import { shortName } from '../../shape.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { Folded } from '../../ui/folded.tsx'
import { Section } from '../../ui/page.tsx'
import { Ago, Countdown } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { Calm } from './calm.tsx'
import { stillOpen } from './shape.ts'
import { overviewWords } from './words.ts'

type Props = {
  /** Most pressing first. */
  readonly needs: readonly Need[]
  /** How many more there are. */
  readonly unlisted: number
  readonly day: Day
  readonly status: Status | undefined
  readonly targets: readonly TargetView[] | undefined
  /** What is shown is of an earlier time. */
  readonly old: boolean
}

/** What only a person can go on with, most urgent first; and when there is nothing, that. */
export function Needs({ needs, unlisted, day, status, targets, old }: Props) {
  const words = useDictionary(overviewWords).needs
  const open = stillOpen(needs, useNow())
  if (open.length === 0) return <Calm day={day} status={status} targets={targets} old={old} />
  return (
    <Section title={`${words.title}: ${words.count(open.length + unlisted)}`}>
      <Folded items={open} most={8} unlisted={unlisted} className="needs">
        {(need) => <NeedLine key={`${need.kind} ${need.subject}`} need={need} />}
      </Folded>
    </Section>
  )
}

const SIGNS: Readonly<Record<Need['kind'], { readonly tone: Tone; readonly mark: string }>> = {
  stuck: { tone: 'red', mark: '✕' },
  proposal: { tone: 'gold', mark: '◆' },
  parked: { tone: 'gold', mark: '‖' },
  escalated: { tone: 'red', mark: '!' },
  blind: { tone: 'blue', mark: '?' },
  latched: { tone: 'gold', mark: '⊘' },
}

function NeedLine({ need }: { readonly need: Need }) {
  const words = useDictionary(overviewWords).needs
  const { kind, target, since, expiresAt, reason, incident } = need
  return (
    <li className={`need need-${SIGNS[kind].tone}`}>
      <p className="need-head">
        <Link href={`/targets/${encodeURIComponent(target)}`} className="need-target" title={target}>
          {shortName(target)}
        </Link>
        <Badge {...SIGNS[kind]}>{words.kinds[kind]}</Badge>
        <span className="soft">
          {expiresAt === undefined ? (
            <>
              {words.since} <Ago at={since} />
            </>
          ) : (
            <Expiry to={expiresAt} since={since} />
          )}
        </span>
      </p>
      <p className="need-reason">{reason}</p>
      <div className="need-actions">
        {incident !== undefined && kind !== 'proposal' && kind !== 'escalated' && (
          <Link href={`/incidents/${encodeURIComponent(incident)}`}>{words.incident}</Link>
        )}
        <Action need={need} />
      </div>
    </li>
  )
}

/** How long it can be answered, in time and as what is left of a line. */
function Expiry({ to, since }: { readonly to: number; readonly since: number }) {
  const words = useDictionary(overviewWords).needs
  const now = useNow()
  const left = Math.min(1, Math.max(0, (to - now) / Math.max(1, to - since)))
  return (
    <span className="expiry">
      {words.expires} <Countdown to={to} />
      <span className="bar" aria-hidden="true">
        <span className="bar-gold" style={{ width: `${left * 100}%` }} />
      </span>
    </span>
  )
}

/** The one thing to do about it. What must be looked at first is a link. */
function Action({ need: { kind, subject, target, incident } }: { readonly need: Need }) {
  const words = useDictionary(overviewWords).needs
  const action = words.actions[kind]
  if (kind === 'parked' || kind === 'stuck' || kind === 'latched') {
    return <Release subject={subject} name={shortName(target)} action={action} />
  }
  const page = kind === 'blind' || incident === undefined ? `/targets/${encodeURIComponent(target)}` : undefined
  return (
    <Link href={page ?? `/incidents/${encodeURIComponent(incident ?? '')}`} className="button button-main">
      {action}
    </Link>
  )
}

type ReleaseProps = { readonly subject: string; readonly name: string; readonly action: string }

function Release({ subject, name, action }: ReleaseProps) {
  const words = useDictionary(overviewWords).needs.release
  const [asking, ask] = useState(false)
  const because = useMay('release')
  const release = useOrder('release')
  return (
    <>
      <Button because={because} onClick={() => ask(true)} label={words.title(name)}>
        {action}
      </Button>
      {asking && (
        <Confirm
          title={words.title(name)}
          action={action}
          attempted={words.attempted}
          because={because}
          onConfirm={(reason) => release.mutateAsync({ reason, subject })}
          onClose={() => ask(false)}
        >
          <p>{words.hint}</p>
        </Confirm>
      )}
    </>
  )
}
