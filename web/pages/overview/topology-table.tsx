import { Link } from 'wouter'
import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { TargetView } from '../../../src/domain/view.ts'
import { shortName } from '../../shape.ts'
import { TargetBadge } from '../../ui/badge.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { useDictionary } from '../../words/words.ts'
import { targetsInOrder } from './shape.ts'
import { overviewWords } from './words.ts'

/** The same as the map says, to be read. */
export function TopologyTable({ targets }: { readonly targets: readonly TargetView[] }) {
  const words = useDictionary(overviewWords).topology
  const columns: readonly Column<TargetView>[] = [
    { key: 'target', head: words.target, cell: ({ target }) => <TargetLink target={target} /> },
    { key: 'state', head: words.state, cell: ({ state }) => <TargetBadge state={state} /> },
    { key: 'because', head: words.because, cell: ({ because }) => because },
    { key: 'part-of', head: words.partOf, cell: ({ partOf }) => partOf !== undefined && shortName(partOf) },
    {
      key: 'depends-on',
      head: words.dependsOn,
      cell: ({ dependsOn, calls }) =>
        [...dependsOn.map(shortName), ...calls.map((ref) => `${shortName(ref)} (${words.learned})`)].join(', '),
    },
  ]
  return (
    <Table
      caption={words.title}
      columns={columns}
      rows={targetsInOrder(targets)}
      keyOf={({ target }) => target}
      empty={null}
    />
  )
}

function TargetLink({ target }: { readonly target: ResourceRef }) {
  return (
    <Link href={`/targets/${encodeURIComponent(target)}`} className="ref">
      {target}
    </Link>
  )
}
