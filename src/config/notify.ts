import type { NotifyConfig } from './config.ts'
import type { Path } from './problems.ts'
import type { NotifySection } from './schema.ts'
import { unique, type Scope } from './scope.ts'

/** The channels of `notify`, each with what its type needs. */
export function notifyOf(sections: readonly NotifySection[], scope: Scope): NotifyConfig[] {
  unique(['notify'], sections, scope)
  return sections.flatMap((section, i) => channelOf(section, ['notify', i], scope) ?? [])
}

function channelOf(section: NotifySection, path: Path, { problems }: Scope): NotifyConfig | undefined {
  const { name, type, url, headers, on, least } = section
  const about = { name, ...(on && { on }), ...(least && { least }) }
  if (type === 'log') {
    if (url ?? headers) problems.push({ path, message: 'a channel of type log takes no url and no headers' })
    return { ...about, type }
  }
  // The URL itself is never shown: it may be all that keeps a stranger from posting.
  if (!['http:', 'https:'].includes(URL.parse(url?.reveal() ?? '')?.protocol ?? '')) {
    const message = `a channel of type ${type} needs a url that begins with http:// or https://`
    problems.push({ path: url ? [...path, 'url'] : path, message })
    return undefined
  }
  return url && { ...about, type, url, headers: headers ?? {} }
}
