import { UsageError } from '../domain/errors.ts'

/** The end of the chain at one moment, as it is published: one line of JSON. */
export type PublishedHead = {
  readonly seq: number
  /** The chain value of that entry. */
  readonly head: string
  /** The number of the ownership that published it. */
  readonly epoch: number
  /** In ISO 8601. */
  readonly at: string
}

export function headLine(head: PublishedHead): string {
  return `${JSON.stringify(head)}\n`
}

/**
 * The heads of a file of lines, oldest first. Throws UsageError on a line that is none; one that was broken off at the end
 * tells nothing.
 */
export function readHeads(text: string): PublishedHead[] {
  const lines = text.split('\n')
  const torn = lines.pop() ?? ''
  return [...lines, ...(readHead(torn) ? [torn] : [])].flatMap((line, i) => {
    if (line.trim() === '') return []
    const head = readHead(line)
    if (!head) throw new UsageError(`line ${i + 1} is no published head: {"seq":1,"head":"...","epoch":1,"at":"..."}`)
    return [head]
  })
}

function readHead(line: string): PublishedHead | undefined {
  try {
    const { seq, head, epoch, at } = JSON.parse(line) as Record<keyof PublishedHead, unknown>
    const isOne = Number.isInteger(seq) && typeof head === 'string' && typeof at === 'string'
    return isOne ? { seq: Number(seq), head, epoch: Number(epoch), at } : undefined
  } catch {
    return undefined
  }
}

/** Compares what was published with the entries as they pass, oldest first. */
export function headChecker(heads: readonly PublishedHead[]): {
  /** What is wrong at this entry. */
  passing(seq: number, chain: string): string[]
  /** What was published and has not passed, once the last entry has. */
  left(lastSeq: number): string[]
} {
  const waiting = Map.groupBy(heads, ({ seq }) => seq)
  return {
    passing: (seq, chain) => {
      const published = waiting.get(seq) ?? []
      waiting.delete(seq)
      const wrong = published.find(({ head }) => head !== chain)
      if (!wrong) return []
      return [
        `entry ${seq}: its chain value is not the one that was published at ${wrong.at} (${wrong.head}): it, or what is before it, was written anew`,
      ]
    },
    left: (lastSeq) => {
      const beyond = [...waiting.keys()].filter((seq) => seq > lastSeq)
      if (beyond.length === 0) return []
      const last = waiting.get(Math.max(...beyond))?.[0]
      return [
        `after entry ${lastSeq}: the record ends, and entry ${last?.seq} was published at ${last?.at}: its tail was cut off, or this is an older copy`,
      ]
    },
  }
}
