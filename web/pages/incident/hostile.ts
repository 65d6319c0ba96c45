import type { IncidentView } from '../../../src/domain/view.ts'
import {
  CHECKOUT,
  DATABASE,
  GATEWAY,
  OPENED,
  entries,
  finding,
  incident,
  kept,
  plan,
  shown,
  step,
  verdict,
  view,
} from './story-parts.ts'

const SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(1)>'
const ANSI = '\u001b[31mred\u001b[0m\u0007'
const TURNED = '\u202eredro desrever\u202c \u2066isolate'
const LONG = 'x'.repeat(10_000)
const NASTY = `${SCRIPT} ${ANSI} ${TURNED} 👩‍🚒🔥 "quotes" [link](javascript:alert(1)) @everyone`

/** An incident in which every text from outside means harm, or is far too long. */
export const HOSTILE: IncidentView = view({
  incident: incident({
    findings: [finding({ summary: NASTY, policy: NASTY })],
    waitingFor: [`${NASTY}${LONG}`],
    takenOver: { by: NASTY, reason: `${NASTY}${LONG}`, at: OPENED + 35_000 },
    diagnosis: {
      blastRadius: [`shop:prod/service/${'y'.repeat(300)}`],
      hypotheses: [
        {
          cause: NASTY,
          target: DATABASE,
          confidence: 0.5,
          summary: LONG,
          for: [{ signal: NASTY, value: 1e300, limit: -0, at: OPENED, text: `${NASTY}${LONG}` }],
          against: [{ signal: LONG, value: null, at: OPENED }],
          recommendation: NASTY,
          affected: [],
        },
      ],
    },
  }),
  entries: entries([
    [0, { kind: 'incident-opened', owner: CHECKOUT, severity: 'critical', findings: [finding({ summary: NASTY })] }],
    [35_000, { kind: 'taken-over', by: NASTY, reason: LONG }],
    [36_000, { kind: 'marked-wrong', subject: NASTY, by: NASTY, reason: NASTY }],
  ]),
  plans: [
    kept(
      'not-run',
      verdict({ gate: NASTY, answer: 'hold', reason: LONG, value: LONG, limit: NASTY, unlocks: `${NASTY} ${LONG}` }),
    ),
    shown({
      plan: plan({ remedy: NASTY, policy: LONG, cannotUndo: [NASTY], rejected: [{ remedy: LONG, reason: NASTY }] }),
      outcome: 'stuck',
      reason: LONG,
      steps: [
        step({
          name: NASTY,
          action: NASTY,
          diff: [{ name: LONG, from: NASTY, to: { deep: [NASTY, LONG] } }],
          byHand: [`echo "${NASTY}"\nrm -rf /`],
          undo: { state: 'impossible', reason: NASTY, byHand: [LONG] },
        }),
      ],
    }),
  ],
  charts: [{ signal: NASTY, target: GATEWAY, expression: LONG, limit: 1e-300, points: [[OPENED, 1e300]] }],
  changes: [{ at: OPENED - 1000, what: 'configuration', by: NASTY, text: `${NASTY} ${LONG}` }],
})
