/** How many of a group are so, and how many there are. */
export type Share = { readonly of: number; readonly count: number }

/**
 * Fisher's exact test, one-sided: how likely it is that at least so many of the first group are so by chance alone, given
 * how many are so in both (R. A. Fisher, "The Design of Experiments", 1935: the lady who tastes tea). Exact for groups of
 * any size, so that a small one is not taken for more than it says: of one against seven the least there can be is 1/8.
 * From 0 to 1; 1 where one of the groups is empty.
 */
export function chanceOfAtLeast(first: Share, second: Share): number {
  const [all, so] = [first.of + second.of, first.count + second.count]
  const most = Math.min(first.of, so)
  let sum = 0
  for (let count = first.count; count <= most; count += 1) {
    sum += Math.exp(logChoose(first.of, count) + logChoose(second.of, so - count) - logChoose(all, so))
  }
  return Math.min(1, sum)
}

/** The logarithm of how many ways there are to choose k of n; of 0 ways, -Infinity. */
function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return -Infinity
  let sum = 0
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i)
  return sum
}
