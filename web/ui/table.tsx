import type { ReactNode } from 'react'

export type Column<Row> = {
  readonly key: string
  readonly head: string
  readonly cell: (row: Row) => ReactNode
  readonly align?: 'right'
}

type Props<Row> = {
  /** What the table is of, for those who cannot see where it stands. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** Shown in place of a table without rows. */
  readonly empty: ReactNode
}

/** A real table; its head stays in sight, and its first column heads the row. */
export function Table<Row>({ caption, columns, rows, keyOf, empty }: Props<Row>) {
  if (rows.length === 0) return empty
  return (
    // Reachable by keyboard, since it may scroll sideways.
    <div className="table-box" role="group" aria-label={caption} tabIndex={0}>
      <table>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ key, head, align }) => (
              <th key={key} scope="col" className={align}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column, index) => (
                <Cell key={column.key} column={column} row={row} heads={index === 0} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

type CellProps<Row> = { readonly column: Column<Row>; readonly row: Row; readonly heads: boolean }

function Cell<Row>({ column: { cell, align, head }, row, heads }: CellProps<Row>) {
  if (heads) return <th scope="row">{cell(row)}</th>
  return (
    <td className={align} data-head={head}>
      {cell(row)}
    </td>
  )
}
