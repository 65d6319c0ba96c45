/** The machine or the checkout does not allow the set-up; the message is one sentence that says what to do. */
export class SetupError extends Error {}

/** @type {readonly [RegExp, (root: string, code: string) => string][]} */
const CAUSES = [
  [/\bENOSPC\b/, () => 'the disk is full: free about 500 MB and run it again'],
  [
    /\b(?:EROFS|EACCES|EPERM)\b/,
    (root) => `${root} cannot be written: make it writable for you, or clone it elsewhere`,
  ],
  [
    /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|[A-Z_]*CERT[A-Z_]*)\b/,
    (_root, code) =>
      `the npm registry cannot be reached (${code}): check the network, the proxy and \`npm config get registry\``,
  ],
  [/\bEUSAGE\b/, () => 'package.json and package-lock.json do not agree: run `npm install`, and commit both'],
  [
    /\bEINTEGRITY\b/,
    () => 'a downloaded package is not the one that package-lock.json names: run `npm cache verify` and try again',
  ],
  [
    /\bENOENT\b.*\bnpm\b|\bnpm\b.*\bENOENT\b/,
    () => 'npm was not found: install Node 20 or newer together with npm from https://nodejs.org',
  ],
]

/**
 * Turns what npm, the compiler or the system said into one sentence.
 * @param {string} attempted what was being done, such as `the packages cannot be installed`
 * @param {string} said standard error, or the message of a system error
 * @param {string} root
 * @returns {string}
 */
export function explain(attempted, said, root) {
  for (const [pattern, remedy] of CAUSES) {
    const code = pattern.exec(said)?.[0]
    if (code) return `${attempted}: ${remedy(root, code)}.`
  }
  const line = said.split('\n').find((text) => /\berror\b/i.test(text)) ?? said.trim().split('\n')[0] ?? ''
  return `${attempted}: ${line.trim() || 'no reason was given'}`
}
