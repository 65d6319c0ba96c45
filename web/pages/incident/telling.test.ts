import { expect, test } from 'vitest'
import { durationText } from '../../../src/lib/duration.ts'
import { STORIES } from './stories.ts'
import { sentenceOf } from './telling.ts'
import { en } from './tongue.en.ts'
import { zh } from './tongue.zh.ts'
import type { Say } from './tongue.ts'

const say: Say = {
  time: (ms) => `${new Date(ms).toISOString().slice(11, 19)} UTC`,
  duration: durationText,
  name: (name) => name,
  text: (text) => text,
}

test('every state has its sentence', () => {
  for (const [name, view] of Object.entries(STORIES)) console.log(`${name}\n  ${sentenceOf(view, en, say)}\n  ${sentenceOf(view, zh, say)}`)
  expect(1).toBe(1)
})
