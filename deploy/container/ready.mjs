// Asks Kintsugi in this container whether it is ready: ends with 0 or 1, and says why it is not.
// KINTSUGI_READY is where, for a `listen` with another port.
const url = process.env['KINTSUGI_READY'] ?? 'http://127.0.0.1:8420/readyz'
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(4000), redirect: 'error' })
  if (!response.ok) throw new Error(`${response.status}: ${(await response.text()).slice(0, 500)}`)
} catch (thrown) {
  const { message, cause } = /** @type {Error} */ (thrown)
  console.error(`${url} ${message}${cause instanceof Error ? `: ${cause.message}` : ''}`)
  process.exitCode = 1
}
