/** One gate's answer with what it compared, and what would change it. */
export type GateAnswer = {
  readonly gate: string
  readonly answer: 'allow' | 'hold' | 'deny'
  readonly reason: string
  readonly value?: string | number
  readonly limit?: string | number
  /** What would unlock it: a command, or a moment. */
  readonly unlocks?: string
  /** A person is paged: only one can open this gate, or should know that it is shut. */
  readonly person?: boolean
}

/** The strictest answer wins; every answer is kept. */
export type Verdict = { readonly answer: GateAnswer['answer']; readonly answers: readonly GateAnswer[] }

/** The answers that stand in the way, strictest first. */
export function objections(verdict: Verdict): GateAnswer[] {
  const against = verdict.answers.filter((answer) => answer.answer !== 'allow')
  return against.sort((a, b) => Number(b.answer === 'deny') - Number(a.answer === 'deny'))
}

/** What stands in the way, in one line: `gate: reason; gate: reason`. */
export function objectionsText(verdict: Verdict): string {
  return objections(verdict)
    .map(({ gate, reason }) => `${gate}: ${reason}`)
    .join('; ')
}
