/** Answers from 0 up to 1, the same row of answers for the same seed. */
export type Random = () => number

/** One of several, never none. */
export function pick<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0]
}
