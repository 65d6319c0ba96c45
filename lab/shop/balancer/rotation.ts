/**
 * Smooth weighted round robin: of any run of picks as long as the sum of the weights (whole numbers), each item gets
 * exactly its weight, spread as evenly as can be. Weight 0 gets none; no item with a weight: undefined.
 */
export function rotation<T>(items: readonly { readonly item: T; readonly weight: number }[]): () => T | undefined {
  const turns = items.filter(({ weight }) => weight > 0).map(({ item, weight }) => ({ item, weight, credit: 0 }))
  const total = turns.reduce((sum, { weight }) => sum + weight, 0)
  return () => {
    let [next] = turns
    for (const turn of turns) {
      turn.credit += turn.weight
      if (next && turn.credit > next.credit) next = turn
    }
    if (next) next.credit -= total
    return next?.item
  }
}
