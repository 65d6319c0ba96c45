import { expect, test } from 'vitest'
import { readArgs } from './args.ts'

const read = (text: string): unknown => readArgs(text.split(' '), () => 7)

test('what is not said is filled in', () => {
  expect(read('--faults crash,freeze --rounds 5 --json f.json')).toEqual({
    command: 'rounds',
    faults: ['crash', 'freeze'],
    controls: ['planned-restart', 'quiet', 'harmless-spike', 'daily-rhythm'],
    rounds: 5,
    seed: 7,
    shadow: false,
    dir: '.kintsugi/lab',
    json: 'f.json',
  })
  expect(read('demo')).toEqual({ command: 'demo', dir: '.kintsugi/demo', basePort: 18080 })
})

test('the calm profile is for controls', () => {
  expect(read('--faults none --profile production')).toMatchObject({ faults: [], profile: 'production' })
})

test('with the rules switched off, only detectors look: at faults, and at healthy days', () => {
  expect(read('--faults all --rules off --days 3 --warm-up 200')).toMatchObject({
    controls: ['daily-rhythm'],
    watching: { warmUpMs: 200_000, lastsMs: 20_000, days: 3 },
  })
  expect(read('--faults all --rules on')).not.toHaveProperty('watching')
})

test.each([
  ['--rounds 3', /say which faults/],
  ['--faults nope', /no fault 'nope'/],
  ['--faults all --controls nope', /no control 'nope'/],
  ['--faults all --rounds 0', /--rounds 0: expected a whole number from 1/],
  ['--faults all --base-port 80', /--base-port 80/],
  ['--faults all --colour', /--colour/],
  ['--faults crash --profile production', /--faults none/],
  ['--faults none --profile calm', /expected lab or production/],
  ['--faults all --rules none', /expected on or off/],
  ['--faults all --days 3', /--days is for --rules off/],
  ['--faults all --rules off --shadow', /neither --shadow/],
  ['--faults all --rules off --controls all', /one control: daily-rhythm/],
  ['play', /knows no 'play'/],
])('%s is refused, saying why', (text, message) => {
  expect(() => read(text)).toThrow(message)
})
