/**
 * Characters that a terminal obeys or that turn a line's order around: controls (C0, DEL, C1), the marks of bidirectional
 * text, and what cannot be seen. Names and messages come from outside, and none of it may move the cursor.
 */
// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const unicode = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The text as it may be printed on one line: what a terminal would obey is written out instead. */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, (char) => SHORT[char] ?? unicode(char))
}

/** JSON for people and programs: equal to what went in, and as harmless on a terminal as {@link printable}. */
export function jsonText(value: unknown): string {
  return harmless(JSON.stringify(value, null, 2))
}

/** A JSON text with what a terminal would obey written as JSON writes it: equal to what it was. */
export function harmless(json: string): string {
  return json.replaceAll(UNSAFE, (char) => (char === '\n' ? char : unicode(char)))
}

/** Rows below their heads, columns aligned, nothing after the last; `none` where there is no row. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'none'
  const cells = [head, ...rows].map((row) => row.map(printable))
  const widths = head.map((_name, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))))
  return cells
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Lines under a title, indented by two. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.flatMap((line) => line.split('\n')).map((line) => `  ${line}`)]
}

/** Plain enumeration, cut after so many: `a, b, c and 4 more`. */
export function listOf(items: readonly string[], most: number): string {
  const shown = items.slice(0, most).map(printable).join(', ')
  return items.length > most ? `${shown} and ${items.length - most} more` : shown
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - widthOf(cell)))
}

/** Characters, not UTF-16 units, so that a name outside the basic plane keeps its column. */
function widthOf(cell: string): number {
  return Array.from(cell).length
}
