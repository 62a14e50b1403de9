// What a fresh clone lacks: a new enough Node, the packages, a build. Plain Node,
// because it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const sources = ['src', 'shaders', 'public', 'scripts/headers.mjs', 'index.html', 'vite.config.ts', 'package-lock.json']

/** A reason the reader can act on: scripts print it without a stack. */
export class Problem extends Error {}

/** Runs the script's main function; a Problem ends it with its sentence and exit code 1. */
export function main(run) {
  run().catch((error) => {
    console.error(error instanceof Problem ? error.message : error)
    process.exit(1)
  })
}

export function ensureNode(min = 20) {
  if (Number(process.versions.node.split('.')[0]) < min) {
    throw new Problem(`Node ${min} or newer is needed; this is ${process.version}. Get it from https://nodejs.org.`)
  }
}

const changed = (file) => statSync(path.join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0

function newest(file) {
  const full = path.join(root, file)
  if (!existsSync(full)) return 0
  const stat = statSync(full)
  if (!stat.isDirectory()) return stat.mtimeMs
  return readdirSync(full).reduce((time, name) => Math.max(time, newest(path.join(file, name))), stat.mtimeMs)
}

/** npm ci, when node_modules is missing or older than the lockfile. */
export function ensureInstall(log = console.log) {
  if (changed('node_modules/.package-lock.json') >= changed('package-lock.json')) return
  log('Installing packages (npm ci) …')
  // npm as npm itself was started, so that its version and settings are the caller's.
  const [command, ...first] = process.env.npm_execpath?.endsWith('.js')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm']
  const { status } = spawnSync(command, [...first, 'ci', '--no-audit', '--no-fund', '--include=dev'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: command === 'npm' && process.platform === 'win32',
  })
  if (status !== 0) {
    throw new Problem(
      'Cannot install the packages: "npm ci" failed, see above. The network or the registry setting of npm is the usual reason.',
    )
  }
}

/** vite build, when dist is missing or older than a source. Returns whether it built. */
export function ensureBuild(log = console.log) {
  const sourceTime = Math.max(...sources.map(newest))
  if (changed('dist/index.html') >= sourceTime) return false
  log('Building the page (vite build) …')
  const { status, stdout, stderr } = runBin('vite', ['build', '--logLevel', 'warn'], { encoding: 'utf8' })
  if (status !== 0) throw new Problem(`Cannot build the page:\n${`${stdout}${stderr}`.replace(/\u001b\[[\d;]*m/g, '')}`)
  return true
}

/** Runs an installed tool by its script, which works the same on every system. */
export function runBin(name, args, options = {}) {
  return spawnSync(process.execPath, [binPath(name), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  })
}

export const binPath = (name) =>
  path.join(
    root,
    'node_modules',
    ...{
      vite: ['vite', 'bin', 'vite.js'],
      vitest: ['vitest', 'vitest.mjs'],
      tsc: ['typescript', 'bin', 'tsc'],
      oxlint: ['oxlint', 'bin', 'oxlint'],
      oxfmt: ['oxfmt', 'bin', 'oxfmt'],
      playwright: ['playwright', 'cli.js'],
    }[name],
  )
