#!/usr/bin/env node
// Sets the checkout up when something is stale, and says nothing when all is well: installs the packages (`npm ci`),
// which brings Node 24 on Linux x64, and builds `dist/`. Plain ESM for Node 20 without dependencies, since it runs
// before anything is installed.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './lib/build.mjs'
import { SetupError } from './lib/explain.mjs'
import { install } from './lib/install.mjs'
import { withLock } from './lib/lock.mjs'
import { nodeProblem, whatIsStale } from './lib/stale.mjs'
import { look } from './lib/look.mjs'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const installOnly = process.argv.includes('--install-only')

/** One line for one piece of work: what and why, then how long it took. @param {string} what @param {() => void} work */
function timed(what, work) {
  const begun = Date.now()
  process.stderr.write(`kintsugi: ${what} ... `)
  try {
    work()
    process.stderr.write(`${((Date.now() - begun) / 1000).toFixed(1)} s\n`)
  } catch (error) {
    process.stderr.write('failed\n')
    throw error
  }
}

/** @param {string | undefined} problem */
function refuse(problem) {
  if (problem) throw new SetupError(problem)
}

function setUp() {
  const stale = whatIsStale(look(ROOT), { installOnly })
  if (stale.install) timed(`installing packages (${stale.install})`, () => install(ROOT))
  refuse(nodeProblem(look(ROOT)))
  // Asked again: the installed compiler is part of what a build is made of.
  const { build: why } = whatIsStale(look(ROOT), { installOnly })
  if (why) timed(`building (${why})`, () => build(ROOT))
}

try {
  const found = look(ROOT)
  const { install: missing, build: outdated } = whatIsStale(found, { installOnly })
  if (missing || outdated) withLock(ROOT, setUp)
  else refuse(nodeProblem(found))
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  process.stderr.write(`kintsugi: ${error.message}\n`)
  process.exitCode = 1
}
