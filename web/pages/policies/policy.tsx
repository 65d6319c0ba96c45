import { Fragment, type ReactNode } from 'react'
import { Link } from 'wouter'
import { printable } from '../../../src/cli/text.ts'
import type { PolicyView } from '../../../src/domain/view.ts'
import { targetPath } from '../../filter.ts'
import { useFormat } from '../../format.ts'
import { Badge, SeverityBadge } from '../../ui/badge.tsx'
import { useDictionary, useWords } from '../../words/words.ts'
import { approvalTold, limitsTold, scheduleTold, verifyTold } from './told.ts'
import { words as dictionary } from './words.ts'

/** How many of the covered targets are named. */
const MOST_NAMED = 12

/** One policy: a line, and all of it below once it is opened. */
export function Policy({ view, open }: { readonly view: PolicyView; readonly open: boolean }) {
  const { autonomy: autonomies } = useWords()
  const { policy, autonomy, limits } = view
  return (
    <details className="policy" open={open}>
      <summary>
        <h2>{printable(policy.name)}</h2>
        <Badge tone="quiet">{autonomies[autonomy]}</Badge>
        <SeverityBadge severity={policy.severity} />
        <code className="policy-condition">{policy.condition}</code>
        {limits.length > 0 && <span className="policy-limit">{printable(limits[0] ?? '')}</span>}
      </summary>
      <dl className="facts">
        <Watches view={view} />
        <Acts view={view} />
        <Rules view={view} />
      </dl>
    </details>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** What it looks at. */
function Watches({ view: { policy, condition, covers } }: { readonly view: PolicyView }) {
  const words = useDictionary(dictionary)
  const format = useFormat()
  return (
    <>
      <Fact name={words.on}>
        <code>{policy.target}</code>
      </Fact>
      {policy.schedule && (
        <Fact name={words.schedule}>
          <Lines lines={scheduleTold(policy.schedule, { words, format })} />
        </Fact>
      )}
      <Fact name={words.condition}>
        <code>{policy.condition}</code>
      </Fact>
      <Fact name={words.resolved}>
        {condition === policy.condition ? (
          <span className="soft">{words.sameAsWritten}</span>
        ) : (
          <code>{condition}</code>
        )}
      </Fact>
      <Fact name={words.covers}>
        <Covers covers={covers} />
      </Fact>
    </>
  )
}

function Covers({ covers }: Pick<PolicyView, 'covers'>) {
  const words = useDictionary(dictionary)
  if (covers.length === 0) return <span className="soft">{words.coversNothing}</span>
  return (
    <ul className="inline">
      {covers.slice(0, MOST_NAMED).map((target) => (
        <li key={target}>
          <Link className="ref" href={targetPath(target)}>
            {target}
          </Link>
        </li>
      ))}
      {covers.length > MOST_NAMED && <li className="soft">{words.more(covers.length - MOST_NAMED)}</li>}
    </ul>
  )
}

/** What it may do, and what stands in its way. */
function Acts({ view: { policy, autonomy, limits } }: { readonly view: PolicyView }) {
  const words = useDictionary(dictionary)
  const { autonomy: autonomies } = useWords()
  const settings = Object.entries(policy.settings ?? {})
  return (
    <>
      <Fact name={words.ladder}>
        <ol className="ladder">
          {policy.ladder.map((remedy) => (
            <li key={remedy}>{remedy === 'page' ? words.page : <code>{remedy}</code>}</li>
          ))}
        </ol>
      </Fact>
      {settings.length > 0 && (
        <Fact name={words.settings}>
          {settings.map(([remedy, setting]) => (
            <div key={remedy}>
              <code>
                {remedy}: {JSON.stringify(setting)}
              </code>
            </div>
          ))}
        </Fact>
      )}
      <Fact name={words.autonomy}>
        {words.autonomyWords[autonomy]}
        {autonomy !== policy.autonomy && <span className="soft"> {words.asWritten(autonomies[policy.autonomy])}</span>}
      </Fact>
      <Fact name={words.inTheWay}>
        {limits.length === 0 ? <span className="soft">{words.nothingInTheWay}</span> : <Lines lines={limits} />}
      </Fact>
    </>
  )
}

/** What binds it. */
function Rules({ view: { policy } }: { readonly view: PolicyView }) {
  const words = useDictionary(dictionary)
  const { severity } = useWords()
  const format = useFormat()
  const { guards } = policy.verify
  return (
    <>
      <Fact name={words.approval}>
        <Lines lines={approvalTold(policy, { words, format, severity })} />
      </Fact>
      <Fact name={words.limits}>
        <Lines lines={limitsTold(policy, { words, format })} />
      </Fact>
      {policy.allowIrreversible.length > 0 && (
        <Fact name={words.irreversible}>
          {policy.allowIrreversible.map((action, n) => (
            <Fragment key={action}>
              {n > 0 && ', '}
              <code>{action}</code>
            </Fragment>
          ))}
        </Fact>
      )}
      <Fact name={words.verify}>{verifyTold(policy, { words, format })}</Fact>
      <Fact name={words.guards}>
        {guards.length === 0 && <span className="soft">{words.noGuards}</span>}
        {guards.map(({ name, target, expr, max }) => (
          <div key={name}>
            {words.guard(name, format.number(max))}: <code>{expr}</code> <span className="ref soft">{target}</span>
          </div>
        ))}
      </Fact>
    </>
  )
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul className="plain lines">
      {lines.map((line) => (
        <li key={line}>{printable(line)}</li>
      ))}
    </ul>
  )
}
