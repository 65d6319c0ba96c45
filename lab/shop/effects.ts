import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from './control-page.ts'

/** One change that somebody had made, by the key under which it was asked for. `at` is epoch milliseconds. */
export type KeyedEffect = { readonly key: string; readonly at: number; readonly kind: string }

/** The file in which an instance notes what it was told to do: it outlives the process. */
export const effectsFile = (dir: string, instance: string): string => join(dir, `${instance}.effects`)

/** Notes every change that a page makes, so that the oracle can count them without asking whoever wanted them. */
export function counted(page: Page, kind: string, { dir, instance }: { dir: string; instance: string }): Page {
  return {
    get: () => page.get(),
    post: async (body) => {
      const at = Date.now()
      const answer = (await page.post(body)) as { readonly repeated?: boolean }
      if (answer.repeated === true) return answer
      const effect: KeyedEffect = { key: String(body['key']), at, kind }
      appendFileSync(effectsFile(dir, instance), `${JSON.stringify(effect)}\n`)
      return answer
    },
  }
}

/** What an instance noted so far, oldest first. */
export function effectsIn(dir: string, instance: string): KeyedEffect[] {
  const file = effectsFile(dir, instance)
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  return lines.filter(Boolean).map((line) => JSON.parse(line) as KeyedEffect)
}
