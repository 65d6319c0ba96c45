const MOST = 60

/** A text from outside, quoted on one line, short whatever its length. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length > MOST ? `${text.slice(0, MOST)}...` : text)
}
