/*
 * Numbers by row, in chunks that are made when first asked for: growing copies nothing, and what nobody wrote takes no
 * memory, since the system gives pages when they are first touched. Row r stands in chunk `r >> CHUNK_BITS`, from
 * `(r & CHUNK_MASK) * width` on.
 */

export const CHUNK_BITS = 14
export const CHUNK_MASK: number = (1 << CHUNK_BITS) - 1

type Numbers = Float32Array | Float64Array | Int32Array

/** Adds chunks until there is one for `row`, and gives that: for when `chunks[row >> CHUNK_BITS]` is none. */
export function grown<Chunk extends Numbers>(
  chunks: Chunk[],
  row: number,
  width: number,
  kind: new (length: number) => Chunk,
): Chunk {
  let chunk = new kind(width << CHUNK_BITS)
  chunks.push(chunk)
  while (chunks.length <= row >> CHUNK_BITS) chunks.push((chunk = new kind(width << CHUNK_BITS)))
  return chunk
}
