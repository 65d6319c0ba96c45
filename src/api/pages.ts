import { createReadStream, readdirSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { notFound } from './app.ts'
import { isKnown } from './etag.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}
const CSP = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'",
  "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join('; ')
const FOR_EVER = 'public, max-age=31536000, immutable'
const NOT_BUILT =
  'The console is not built: run `npm run build`, and start again.\nThe API is at /api/v1/status, what it offers at /api/v1/openapi.json.\n'

type File = { readonly path: string; readonly name: string; readonly etag: string }

/**
 * The console: the files of a folder, and its `index.html` for every other path that a browser asks for, since the console
 * finds its pages itself. Only files that were listed are ever opened: no path from outside becomes a path on disk.
 *
 * @param folder where the console was built
 */
export function consolePages(app: FastifyInstance, folder: string): void {
  let files = filesIn(folder)
  app.get('/*', async (request, reply) => {
    // Built after the start, or anew: names of assets change with what is in them.
    if (!files.has('/index.html') || isStale(files.get('/index.html'))) files = filesIn(folder)
    const path = decodeURI(request.url.split('?')[0] ?? '/')
    const asked = files.get(path)
    const isPage = !asked && !path.startsWith('/api/') && (request.headers.accept ?? '').includes('text/html')
    const file = asked ?? (isPage || path === '/' ? files.get('/index.html') : undefined)
    if (file) return send(reply, file, request.headers['if-none-match'])
    if (!isPage && path !== '/') throw notFound(request)
    return reply.code(404).type('text/plain; charset=utf-8').send(NOT_BUILT)
  })
}

function send(reply: FastifyReply, { path, name, etag }: File, ifNoneMatch: string | undefined): FastifyReply {
  reply.headers({
    'cache-control': name.startsWith('/assets/') ? FOR_EVER : 'no-cache',
    'content-security-policy': CSP,
    etag,
  })
  if (isKnown(etag, ifNoneMatch)) return reply.code(304).send()
  return reply.type(TYPES[extname(path)] ?? 'application/octet-stream').send(createReadStream(path))
}

function filesIn(folder: string): ReadonlyMap<string, File> {
  try {
    const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return new Map(found.map(({ parentPath, name }) => fileOf(folder, join(parentPath, name))))
  } catch {
    return new Map()
  }
}

function fileOf(folder: string, path: string): readonly [string, File] {
  const name = `/${relative(folder, path).split(sep).join('/')}`
  return [name, { path, name, etag: tagOf(path) }]
}

function tagOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return `W/"${found?.size.toString(36)}-${found?.mtimeMs.toString(36)}"`
}

function isStale(file: File | undefined): boolean {
  return file !== undefined && tagOf(file.path) !== file.etag
}
