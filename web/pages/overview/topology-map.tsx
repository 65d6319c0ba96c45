import { type Edge, Handle, type Node, type NodeProps, Position, ReactFlow, Controls } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { partsOf } from '../../../src/domain/resource.ts'
import type { TargetView } from '../../../src/domain/view.ts'
import { useSettings } from '../../settings.ts'
import { TARGET_MARKS } from '../../ui/badge.tsx'
import { useDictionary, useWords } from '../../words/words.ts'
import { type Box, type Layout, layoutOf, NAMED } from './layout.ts'
import { overviewWords } from './words.ts'
import './topology.css'

type BoxNode = Node<{ readonly box: Box }, 'box'>
const NODES = { box: BoxView }

/** The map: who depends stands above what is depended on. Every target is a link, in reach of the keyboard. */
export function TopologyMap({ targets }: { readonly targets: readonly TargetView[] }) {
  const words = useDictionary(overviewWords).topology
  const { theme } = useSettings()
  const layout = useMemo(() => layoutOf(targets), [targets])
  const nodes = useMemo(() => nodesOf(layout), [layout])
  const edges = useMemo(() => edgesOf(layout), [layout])
  return (
    <div className="topology">
      <ReactFlow
        aria-label={words.label}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        colorMode={theme}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.08 }}
        minZoom={0.15}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
      >
        <Controls showInteractive={false} />
      </ReactFlow>
      <p className="topology-key" aria-hidden="true">
        <span className="key-declared" /> {words.declaredLine} <span className="key-learned" /> {words.learnedLine}
      </p>
    </div>
  )
}

function nodesOf({ boxes }: Layout): BoxNode[] {
  return boxes.map((box) => ({
    id: box.target.target,
    type: 'box',
    position: { x: box.x, y: box.y },
    width: box.width,
    height: box.height,
    data: { box },
  }))
}

function edgesOf({ lines }: Layout): Edge[] {
  return lines.map(({ from, to, learned }) => ({
    id: `${from} ${to}`,
    source: from,
    target: to,
    ...(learned && { className: 'learned' }),
  }))
}

function BoxView({ data: { box } }: NodeProps<BoxNode>) {
  const { target, parts } = box
  return (
    <div className={`box box-${TARGET_MARKS[target.state].tone}`}>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <TargetMark view={target} />
      {parts.length > 0 && (
        <div className={parts.length > NAMED ? 'box-marks' : 'box-parts'}>
          {parts.map((part) => (
            <TargetMark key={part.target} view={part} short={parts.length > NAMED} />
          ))}
        </div>
      )}
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  )
}

/** A target by its name and its mark; `short`: by its mark alone, the name being told by pointing at it. */
function TargetMark({ view, short = false }: { readonly view: TargetView; readonly short?: boolean }) {
  const words = useDictionary(overviewWords).topology
  const states = useWords().targetState
  const { tone, mark } = TARGET_MARKS[view.state]
  const { name, kind } = partsOf(view.target)
  // A pool has the name of the service behind it; instances are told from services by where they stand.
  const kindTold = kind === 'instance' ? undefined : kind
  const told = words.named(kindTold === undefined ? name : `${name} ${kindTold}`, states[view.state])
  return (
    <Link
      href={`/targets/${encodeURIComponent(view.target)}`}
      className={`mark mark-${tone} nopan`}
      aria-label={told}
      title={view.because === undefined ? told : `${told}: ${view.because}`}
    >
      <span aria-hidden="true">{mark}</span>
      {!short && <span className="mark-name">{name}</span>}
      {!short && kindTold !== undefined && (
        <>
          {' '}
          <span className="mark-kind">{kindTold}</span>
        </>
      )}
    </Link>
  )
}
