/** One event of a stream of server-sent events; comments (the heartbeat) are none. */
export type StreamEvent = { readonly id?: string; readonly data: string }

/**
 * Cuts a stream of server-sent events into events: give it text as it comes, in pieces of any size. Pure but for the
 * rest of the last piece, which it keeps.
 */
export function eventReader(): (text: string) => StreamEvent[] {
  let rest = ''
  return (text) => {
    const blocks = (rest + text.replaceAll('\r', '')).split('\n\n')
    rest = blocks.pop() ?? ''
    return blocks.map(eventOf).filter((event) => event !== undefined)
  }
}

function eventOf(block: string): StreamEvent | undefined {
  const fields = block.split('\n').map((line): readonly [string, string] => {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    return [name, value]
  })
  const data = fields.filter(([name]) => name === 'data').map(([, value]) => value)
  const id = fields.findLast(([name]) => name === 'id')?.[1]
  return data.length > 0 ? { data: data.join('\n'), ...(id !== undefined && { id }) } : undefined
}
