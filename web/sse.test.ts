import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventReader } from './sse.ts'

const stream = ': beat\n\nid: 7\ndata: {"seq":7}\n\nid: 8\r\ndata: a\r\ndata: b\r\n\r\n: beat\n\ndata:x\n\n'
const events = [{ id: '7', data: '{"seq":7}' }, { id: '8', data: 'a\nb' }, { data: 'x' }]

test('events are the same however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
      const read = eventReader()
      const at = [0, ...cuts.sort((a, b) => a - b), stream.length]
      expect(at.flatMap((from, index) => read(stream.slice(from, at[index + 1])))).toEqual(events)
    }),
  )
})

test('an event that is not complete is none yet', () => {
  const read = eventReader()
  expect(read('id: 1\ndata: half')).toEqual([])
  expect(read('\n\n')).toEqual([{ id: '1', data: 'half' }])
})
