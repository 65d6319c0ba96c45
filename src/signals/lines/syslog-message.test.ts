import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyText } from '../../../test/any-text.ts'
import type { LogRecord } from '../../domain/log-record.ts'
import { syslogReader } from './syslog-message.ts'

const NOW = Date.UTC(2026, 10, 22, 10)
const read = (message: string): LogRecord | string => syslogReader()(message, '10.0.0.7', NOW)

test.each<[string, Omit<LogRecord, 'at'> & { at?: number }]>([
  // The examples of RFC 5424, section 6.5.
  [
    "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \uFEFF'su root' failed for lonvick on /dev/pts/8",
    {
      at: Date.UTC(2003, 9, 11, 22, 14, 15, 3),
      text: "'su root' failed for lonvick on /dev/pts/8",
      level: 'fatal',
      labels: { address: '10.0.0.7', hostname: 'mymachine.example.com', app: 'su', facility: 'auth' },
    },
  ],
  [
    "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.",
    {
      at: Date.UTC(2003, 7, 24, 12, 14, 15),
      text: "%% It's time to make the do-nuts.",
      level: 'info',
      labels: { address: '10.0.0.7', hostname: '192.0.2.1', app: 'myproc', facility: 'local4' },
    },
  ],
  [
    '<165>1 2003-10-11T22:14:15.003Z mymachine evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="A\\"B\\]" eventID="1011"][priority@32473 class="high"]',
    {
      text: '',
      level: 'info',
      labels: {
        iut: '3',
        eventSource: 'A"B]',
        eventID: '1011',
        class: 'high',
        address: '10.0.0.7',
        hostname: 'mymachine',
        app: 'evntslog',
        facility: 'local4',
      },
    },
  ],
  // The examples of RFC 3164, section 5.4.
  [
    "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
    {
      at: NOW,
      text: "'su root' failed for lonvick on /dev/pts/8",
      level: 'fatal',
      labels: { address: '10.0.0.7', hostname: 'mymachine', app: 'su', facility: 'auth' },
    },
  ],
  [
    '<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!',
    { text: 'Use the BFG!', level: 'info', labels: { address: '10.0.0.7', hostname: '10.0.0.99', facility: 'user' } },
  ],
  [
    "<165>Aug 24 05:34:00 CST 1987 mymachine myproc[10]: %% It's time to make the do-nuts.",
    {
      text: "1987 mymachine myproc[10]: %% It's time to make the do-nuts.",
      level: 'info',
      labels: expect.anything() as never,
    },
  ],
  // What is sent in our days.
  [
    '<11>2026-11-22T09:59:58.5+00:00 web-1 checkout[99]: {"level":"fatal","msg":"gone"}',
    {
      at: NOW - 1500,
      text: 'gone',
      level: 'fatal',
      labels: { address: '10.0.0.7', hostname: 'web-1', app: 'checkout', facility: 'user' },
    },
  ],
  [
    '<30>nginx: a line without time and host',
    {
      at: NOW,
      text: 'a line without time and host',
      level: 'info',
      labels: { address: '10.0.0.7', hostname: '10.0.0.7', app: 'nginx', facility: 'daemon' },
    },
  ],
])('%s', (message, expected) => {
  expect(read(message)).toMatchObject(expected)
})

test('labels are no more than what is said', () => {
  const record = read('<13>1 - - - - - -')
  expect(record).toMatchObject({
    at: NOW,
    text: '',
    labels: { address: '10.0.0.7', hostname: '10.0.0.7', facility: 'user' },
  })
})

test('messages of one stream share their labels, others do not', () => {
  const reader = syslogReader()
  const labelsOf = (message: string): unknown => (reader(message, '10.0.0.7', NOW) as LogRecord).labels
  const first = labelsOf('<13>Feb  5 17:32:18 a web[1]: one')
  expect(labelsOf('<11>Feb  5 17:32:19 a web[2]: two')).toBe(first)
  expect(labelsOf('<13>Feb  5 17:32:19 b web[2]: two')).not.toBe(first)
})

test('what has no priority is no message', () => {
  for (const wrong of ['', 'GET / HTTP/1.1', '<>a', '<192>a', '<1234>a', '<13']) {
    expect(read(wrong)).toBe('a message has no priority such as <13>')
  }
})

test('whoever sends it cannot say where it comes from', () => {
  expect(read('<13>1 - host app - - [x address="1.2.3.4" hostname="other"] a')).toMatchObject({
    labels: { address: '10.0.0.7', hostname: 'host' },
  })
})

test('no message is too strange to be read', () => {
  const part = fc.constantFrom('<13>', '1 ', '- ', '[', ']', 'a="b"', '"', '\\', ' ', 'Oct 11 22:14:15 ', 'x: ', '[1]')
  fc.assert(
    fc.property(fc.array(fc.oneof(part, anyText(10)), { maxLength: 20 }), (parts) => {
      const record = read(`<13>${parts.join('')}`)
      expect(typeof record === 'string' ? record : record.text).toBeTypeOf('string')
    }),
  )
})

test('structured data without an end costs no more than its length', () => {
  const began = performance.now()
  read(`<13>1 - - - - - [${'a '.repeat(30_000)}`)
  read(`<13>1 - - - - - [x ${'a="b" '.repeat(10_000)}`)
  read(`<13>1 - - - - - [x a="${'\\"'.repeat(30_000)}`)
  expect(performance.now() - began).toBeLessThan(500)
})
