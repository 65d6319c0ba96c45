/** A time for people, in UTC, without the seconds that it does not have. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/:00\.000Z$/, 'Z')
}
