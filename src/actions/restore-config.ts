import { z } from 'zod'
import { TerminalError } from '../domain/errors.ts'
import type { Spec } from '../domain/ports.ts'
import { ResourceRef } from '../domain/resource.ts'
import { setting, type Setting } from './setting.ts'

type Params = { readonly target: ResourceRef }

/**
 * Sets a target's own configuration back to the last that was good, which whoever keeps the document knows under the
 * read-only name `lastGood`. The values are read once, with those of now, and kept in the snapshot: people see both, and
 * a `lastGood` that changes meanwhile changes nothing.
 */
export const restoreConfig: Setting<Params, 'configuration'> = setting({
  name: 'restore-config',
  needs: 'configuration',
  params: z.strictObject({ target: ResourceRef }),
  wanted: ({ target }, { lastGood, ...values }) => {
    if (!isValues(lastGood)) {
      throw new TerminalError(`cannot restore-config on '${target}': it knows of no good configuration`)
    }
    const gone = Object.keys(values).filter((name) => !(name in lastGood))
    return { ...lastGood, ...Object.fromEntries(gone.map((name) => [name, null])) }
  },
})

function isValues(value: Spec['values'][string] | undefined): value is Spec['values'] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
