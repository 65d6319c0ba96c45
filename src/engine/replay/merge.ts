import type { Intake } from '../../domain/intake.ts'

/** What comes in on two ways, in the order of time; of two at one moment the first way's comes first. */
export async function* merged(one: AsyncIterable<Intake>, other: AsyncIterable<Intake>): AsyncGenerator<Intake> {
  const ways = [one[Symbol.asyncIterator](), other[Symbol.asyncIterator]()] as const
  let [a, b] = await Promise.all(ways.map((way) => way.next()))
  try {
    while (a && b && !(a.done && b.done)) {
      if (!a.done && (b.done || a.value.at <= b.value.at)) {
        yield a.value
        a = await ways[0].next()
      } else if (!b.done) {
        yield b.value
        b = await ways[1].next()
      }
    }
  } finally {
    for (const way of ways) await way.return?.()
  }
}
