/** Where a task reads and writes, and who is told what goes on. */
export type Place = {
  /** The folder that holds the sets, a folder each. */
  readonly data: string
  /** Hand-in files go to a folder of the same name in here. */
  readonly out: string
  readonly sets?: readonly string[]
  say(text: string): void
}

/** What came out for one set. */
export type Result = {
  readonly set: string
  readonly series: number
  readonly samples: number
  readonly seconds: number
  /** Digest of the shipped weights and of the alarm settings: equal for equal ones. */
  readonly settings: string
}

export type Task = {
  /** One line for `--help`. */
  readonly about: string
  run(place: Place): readonly Result[]
}
