/** One measured figure. `method` says how, in words; `settings` with what. */
export type Figure = {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly higherIsBetter: boolean
  readonly method: string
  readonly settings: Readonly<Record<string, string | number | boolean>>
  /** The same measured on another program in the same run. */
  readonly against?: { readonly peer: string; readonly value: number; readonly ratio: number }
}

export type Bench = {
  /** One line for `--help`. */
  readonly about: string
  /** @param say tells a person what goes on */
  run(say: (text: string) => void): Promise<readonly Figure[]>
}

export type Peer = { readonly peer: string; readonly value: number }

/** A figure beside that of a peer, where there is one. */
export function beside(figure: Figure, peer: Peer | undefined): Figure {
  return peer ? { ...figure, against: { ...peer, ratio: rounded(figure.value / peer.value) } } : figure
}

/** Three significant digits: nobody measures more than that here. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
