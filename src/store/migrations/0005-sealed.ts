/** Bodies that hold something encrypted: the name of the key it was encrypted with, null for all others. */
export const sealed: readonly string[] = [
  `alter table payloads add column key text`,
  // Few bodies have one, and these go before the others.
  `create index payloads_sealed on payloads (seq) where key is not null`,
]
