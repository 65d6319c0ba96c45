/** Words that no shell reads as anything but themselves. */
const PLAIN = /^[A-Za-z0-9_/:=.,@%+-]+$/

/**
 * A word as a POSIX shell has to be given it to come to the very same text: for commands that people copy. We ourselves
 * never run one. Throws TypeError on a NUL, which no argument can hold.
 */
export function shellQuoted(word: string): string {
  if (word.includes('\0')) throw new TypeError('cannot quote a word with a NUL for a shell: no argument can hold one')
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
