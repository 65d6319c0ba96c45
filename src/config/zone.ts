import { UsageError } from '../domain/errors.ts'

/** Throws UsageError where no time zone of the IANA list has that name. */
export function checkZone(zone: string): void {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone })
  } catch (cause) {
    throw new UsageError(`no time zone is called "${zone}": write one such as "Europe/Berlin"`, { cause })
  }
}
