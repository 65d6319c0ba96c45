/**
 * Whether a path matches: `*` stands for anything in one part of it, `?` for one sign, a part that is `**` for any
 * number of parts. A part that begins with a dot is only matched by one that says the dot.
 */
export function matches(glob: string, path: string): boolean {
  return matchParts(glob.split('/'), path.split('/'))
}

function matchParts(glob: readonly string[], path: readonly string[]): boolean {
  const [wanted, ...rest] = glob
  const [part, ...deeper] = path
  if (wanted === undefined) return part === undefined
  if (wanted === '**') {
    return matchParts(rest, path) || (part !== undefined && !part.startsWith('.') && matchParts(glob, deeper))
  }
  return part !== undefined && matchesPart(wanted, part) && matchParts(rest, deeper)
}

function matchesPart(wanted: string, part: string): boolean {
  if (part.startsWith('.') && !wanted.startsWith('.')) return false
  const source = wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, (sign) => ({ '*': '[^]*', '?': '[^]' })[sign] ?? `\\${sign}`)
  return new RegExp(`^${source}$`).test(part)
}
