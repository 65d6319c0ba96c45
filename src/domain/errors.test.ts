import { expect, test } from 'vitest'
import {
  BlindError,
  ConflictError,
  messageOf,
  RecordUnwritableError,
  RetryableError,
  TerminalError,
  UsageError,
} from './errors.ts'

test('the type says whether trying again can help', () => {
  for (const error of [new BlindError('x'), new RecordUnwritableError('x')])
    expect(error).toBeInstanceOf(RetryableError)
  for (const error of [new ConflictError('x'), new UsageError('x')]) expect(error).toBeInstanceOf(TerminalError)
})

test('each has its own name', () => {
  const names = [BlindError, ConflictError, RecordUnwritableError, RetryableError, TerminalError, UsageError].map(
    (type) => [type.name, new type('x').name],
  )
  for (const [type, name] of names) expect(name).toBe(type)
})

test('a retryable error says when: a second later, if it does not', () => {
  expect(new RetryableError('x').retryAfterMs).toBe(1000)
  expect(new BlindError('x', { retryAfterMs: 5 }).retryAfterMs).toBe(5)
})

test('the text of anything thrown holds the chain of its causes', () => {
  const error = new TerminalError('cannot restart web-1', { cause: new Error('no answer', { cause: 'EPIPE' }) })
  expect(messageOf(error)).toBe('cannot restart web-1: no answer: EPIPE')
  expect(messageOf('text')).toBe('text')
  expect(messageOf(undefined)).toBe('undefined')
})
