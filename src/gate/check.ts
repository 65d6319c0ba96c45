import { messageOf } from '../domain/errors.ts'
import type { GateAnswer, Verdict } from '../domain/verdict.ts'
import type { Gate, GateInput } from './gate.ts'

/**
 * Asks every gate and keeps every answer; the strictest wins. Fails closed: a gate that throws holds, and no gates at
 * all hold too.
 */
export function check(gates: readonly Gate[], input: GateInput): Verdict {
  const asked = input.purpose === 'undo' ? gates.filter((gate) => gate.guardsUndo) : gates
  const answers = asked.map((gate) => answerOf(gate, input))
  if (answers.length === 0) {
    return { answer: 'hold', answers: [{ gate: 'none', answer: 'hold', reason: 'no gate was asked', person: true }] }
  }
  // Not "nothing objected": only what every gate allows is allowed.
  if (answers.every(({ answer }) => answer === 'allow')) return { answer: 'allow', answers }
  return { answer: answers.some(({ answer }) => answer === 'deny') ? 'deny' : 'hold', answers }
}

function answerOf(gate: Gate, input: GateInput): GateAnswer {
  try {
    return { gate: gate.name, ...gate.ask(input) }
  } catch (thrown) {
    return { gate: gate.name, answer: 'hold', reason: `could not decide: ${messageOf(thrown)}`, person: true }
  }
}
