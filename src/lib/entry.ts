import { extname } from 'node:path'

/**
 * Where a program of our own lies that is started as a process or worker of its own, given by `name` relative to the
 * asking file and without extension, such as `./helper`. It has the extension of the asking file, so that sources
 * start sources (`.ts`, which Node strips of types) and the build starts the build (`.js`).
 *
 * @param importMetaUrl the asking file's `import.meta.url`
 */
export function siblingEntry(importMetaUrl: string, name: string): URL {
  return new URL(name + extname(new URL(importMetaUrl).pathname), importMetaUrl)
}
