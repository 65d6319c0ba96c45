import { appendFileSync, copyFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readNew, type Tail } from './log-tail.ts'

let folder: string
let file: string
let tail: Tail | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-tail-'))
  file = join(folder, 'a.log')
  tail = undefined
})
afterEach(() => rmSync(folder, { recursive: true }))

async function read(): Promise<readonly string[]> {
  const { lines, tail: next } = await readNew(file, tail)
  tail = next
  return lines
}

describe('following a log', () => {
  test('reads what is appended after the first look, whole lines only', async () => {
    writeFileSync(file, 'old\n')
    expect(await read()).toEqual([])
    appendFileSync(file, 'one\ntw')
    expect(await read()).toEqual(['one'])
    appendFileSync(file, 'o\nthree\n')
    expect(await read()).toEqual(['two', 'three'])
    expect(await read()).toEqual([])
  })

  test('goes on over a rename, to the end of the old file and into the new one', async () => {
    writeFileSync(file, '')
    await read()
    appendFileSync(file, 'before\n')
    renameSync(file, `${file}.1`)
    writeFileSync(file, 'after\n')
    expect(await read()).toEqual(['before', 'after'])
  })

  test('goes on over a copy and a truncation', async () => {
    writeFileSync(file, 'a line that is longer than what comes after\n')
    await read()
    appendFileSync(file, 'before\n')
    copyFileSync(file, `${file}.1`)
    truncateSync(file)
    appendFileSync(file, 'after\n')
    expect(await read()).toEqual(['before', 'after'])
  })

  test('begins anew where the old file is nowhere', async () => {
    writeFileSync(file, 'a long old line\n')
    await read()
    truncateSync(file)
    appendFileSync(file, 'new\n')
    expect(await read()).toEqual(['new'])
  })

  test('reads the newest of much, says what it left out, and keeps no endless line', async () => {
    writeFileSync(file, '')
    await read()
    appendFileSync(file, 'x'.repeat(99).concat('\n').repeat(10_000))
    const { lines, skippedBytes, tail: next } = await readNew(file, tail)
    expect(skippedBytes).toBe(1_000_000 - 256 * 1024)
    expect(lines.length).toBeLessThanOrEqual(2622)
    appendFileSync(file, 'y'.repeat(100_000))
    expect((await readNew(file, next)).tail.rest).toHaveLength(0)
  })

  test('a log that is not there is an error', async () => {
    await expect(read()).rejects.toThrow('ENOENT')
  })
})

test('however a log is cut into writes and looks, every line is read once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.string({ maxLength: 8 }), fc.boolean(), fc.boolean()), { maxLength: 20 }),
      async (steps) => {
        writeFileSync(file, '')
        tail = undefined
        await read()
        const found: string[] = []
        for (const [text, endsLine, looks] of steps) {
          appendFileSync(file, text.replaceAll('\n', ' ') + (endsLine ? '\n' : ''))
          if (looks) found.push(...(await read()))
        }
        found.push(...(await read()))
        const written = steps.map(([text, endsLine]) => text.replaceAll('\n', ' ') + (endsLine ? '\n' : '')).join('')
        expect(found).toEqual(written.split('\n').slice(0, -1))
        rmSync(file)
      },
    ),
    { numRuns: 50 },
  )
})
