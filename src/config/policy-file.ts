import { z } from 'zod'
import { UsageError } from '../domain/errors.ts'
import { readYaml, type Yaml } from './document.ts'
import { list, section } from './leaves.ts'
import { policy, type PolicySection } from './policy-schema.ts'
import { problemsOf } from './problems.ts'

/** A file with policies, read and not yet looked up. */
export type PolicyFile = { readonly text: string; readonly yaml: Yaml; readonly policies: readonly PolicySection[] }

const bare = section({ policies: list(policy) })
/** As much of a Kubernetes manifest as matters here; the rest is Kubernetes' own. */
const configMap = z.looseObject({
  kind: z.literal('ConfigMap', { error: 'expected "ConfigMap"' }),
  data: z.looseObject({ 'policies.yaml': z.string({ error: 'expected the policies as a text' }) }),
})
const KEY = ['data', 'policies.yaml']

/**
 * Reads a file with `policies:`, or a ConfigMap whose `data` holds one as `policies.yaml`, as it stands. Throws
 * {@link UsageError} with one line for each problem; lines and columns are those of the file itself.
 */
export function readPolicyFile(text: string, file: string): PolicyFile {
  const outer = readYaml(text, file)
  const yaml = isManifest(outer.value) ? policiesWithin(outer) : outer
  return { text, yaml, policies: judgedBy(bare, yaml).policies }
}

function isManifest(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value
}

function policiesWithin(outer: Yaml): Yaml {
  return outer.inner(KEY, judgedBy(configMap, outer).data['policies.yaml'])
}

function judgedBy<T>(schema: z.ZodType<T>, yaml: Yaml): T {
  const { data, error } = schema.safeParse(yaml.value)
  if (data) return data
  throw new UsageError(yaml.lines(problemsOf(error?.issues ?? [], yaml.value)).join('\n'))
}
