import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
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

  test('knows a file that was truncated and has grown beyond its old end', async () => {
    writeFileSync(file, 'old\n')
    await read()
    truncateSync(file)
    appendFileSync(file, 'one that is longer\ntwo\n')
    expect(await read()).toEqual(['one that is longer', 'two'])
  })

  test('finds the old end under a name with a date', async () => {
    writeFileSync(file, 'old\n')
    await read()
    appendFileSync(file, 'before\n')
    writeFileSync(`${file}.1`, 'of last week\n')
    writeFileSync(`${file}ger`, 'old\nof another log\n')
    renameSync(file, `${file}-20261122`)
    writeFileSync(file, 'after\n')
    expect(await read()).toEqual(['before', 'after'])
  })

  test('stays with the old file for as long as the new one is empty: it may still be written to', async () => {
    writeFileSync(file, '')
    await read()
    appendFileSync(file, 'one\n')
    renameSync(file, `${file}.1`)
    writeFileSync(file, '')
    expect(await read()).toEqual(['one'])
    appendFileSync(`${file}.1`, 'two\nthe last')
    expect(await read()).toEqual(['two'])
    writeFileSync(file, 'three\n')
    expect(await read()).toEqual(['the last', 'three'])
  })

  test('follows a link to where it leads', async () => {
    const real = join(folder, 'real.log')
    writeFileSync(real, 'old\n')
    symlinkSync(real, file)
    await read()
    appendFileSync(real, 'before\n')
    renameSync(real, `${real}.20261122-100000`)
    writeFileSync(real, 'after\n')
    expect(await read()).toEqual(['before', 'after'])
  })

  test('begins anew where the old file is nowhere', async () => {
    writeFileSync(file, 'a long old line\n')
    await read()
    appendFileSync(file, 'half')
    await read()
    writeFileSync(`${file}ger`, 'a long old line\nhalf of another log\n')
    truncateSync(file)
    appendFileSync(file, 'new\n')
    expect(await read()).toEqual(['half', 'new'])
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

test('however a log is rotated between looks, every line is read once', async () => {
  const step = fc.constantFrom('line', 'part', 'look', 'rename', 'copy')
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const found: string[] = []
      const written: string[] = []
      let part = ''
      let isRotated = false
      const look = async (): Promise<void> => void found.push(...(await read()))
      const rotate = (how: 'rename' | 'copy'): void => {
        if (how === 'rename') renameSync(file, `${file}.1`)
        else copyFileSync(file, `${file}.1`)
        writeFileSync(file, '')
        if (part !== '') written.push(part)
        part = ''
      }
      rmSync(file, { force: true })
      rmSync(`${file}.1`, { force: true })
      writeFileSync(file, 'old\n')
      tail = undefined
      await look()
      for (const [i, name] of steps.entries()) {
        if (name === 'look') {
          await look()
          isRotated = false
        } else if (name === 'line') {
          appendFileSync(file, `${i}\n`)
          written.push(`${part}${i}`)
          part = ''
        } else if (name === 'part') {
          appendFileSync(file, `p${i}`)
          part += `p${i}`
        } else {
          // Two rotations between two looks are one too many.
          if (isRotated) await look()
          rotate(name)
          isRotated = true
          appendFileSync(file, `begin ${i}\n`)
          written.push(`begin ${i}`)
        }
      }
      await look()
      expect(found).toEqual(written)
    }),
    { numRuns: 50 },
  )
})
