import type { z } from 'zod'
import type { MaintenanceWindow } from '../domain/maintenance-window.ts'
import { name, section } from './leaves.ts'
import { suggestion, type Path } from './problems.ts'
import { unique, type Scope } from './scope.ts'
import { whenOf, windowTimes, type WindowTimes } from './window-times.ts'

export type MaintenanceWindowSection = WindowTimes & { name: string }

export const maintenanceWindow: z.ZodType<MaintenanceWindowSection> = section({ name, ...windowTimes })

/** The windows that `in` may name: what of them can be read, by the name of each that there is. */
export type MaintenanceWindows = ReadonlyMap<string, MaintenanceWindow | undefined>

export function maintenanceWindowsOf(sections: readonly MaintenanceWindowSection[], scope: Scope): MaintenanceWindows {
  unique(['maintenanceWindows'], sections, scope)
  return new Map(
    sections.map((window, i) => {
      const when = whenOf(window, ['maintenanceWindows', i], scope)
      return [window.name, when && { name: window.name, when }]
    }),
  )
}

/** The windows that a policy names. */
export function windowsNamed(
  names: readonly string[],
  path: Path,
  { windows, problems }: { readonly windows: MaintenanceWindows } & Pick<Scope, 'problems'>,
): MaintenanceWindow[] {
  return names.flatMap((named, i) => {
    if (!windows.has(named)) {
      const message = `no window of maintenanceWindows is named "${named}"${suggestion(named, [...windows.keys()])}`
      problems.push({ path: [...path, i], message })
    }
    return windows.get(named) ?? []
  })
}
