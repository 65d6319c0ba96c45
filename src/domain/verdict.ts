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
  /** The yes of a person to this very plan opens it. */
  readonly approvable?: true
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

/** Whether the want of a person's yes is all that stands in the way. */
export function wantsOnlyApproval(verdict: Verdict): boolean {
  const against = objections(verdict)
  return against.length > 0 && against.every(({ approvable }) => approvable === true)
}

/** Whether it would have been proposed to a person, had shadow not denied that too. */
export function wouldPropose(verdict: Verdict): boolean {
  const others = objections(verdict).filter(({ gate }) => gate !== SHADOW)
  return others.length < objections(verdict).length && others.length > 0 && others.every(({ approvable }) => approvable)
}

/** The name of the gate that denies everything in shadow. */
export const SHADOW = 'shadow'
