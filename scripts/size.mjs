// npm run size: lines of each room, gzip of each built file, and the budgets of the first load and of the player.
//
//   node scripts/size.mjs [--check]      --check prints the budgets' lines only and fails over one
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { readOptions } from './options.mjs'
import { playerBudget } from './player.mjs'
import { ensureBuild, main, Problem, root } from './setup.mjs'

/** Gzipped JavaScript that the browser must have before the page shows: the brief's promise to slow lines. */
export const firstLoadBudget = 120 * 1024

const walk = (dir) =>
  !existsSync(dir)
    ? []
    : readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? walk(path.join(dir, entry.name)) : [path.join(dir, entry.name)],
      )
const kB = (bytes) => `${(bytes / 1024).toFixed(1).padStart(8)} kB`
const gzip = (file) => gzipSync(readFileSync(file), { level: 9 }).length

/**
 * The scripts that index.html names, and everything they import statically. The language and the first panel come on
 * top: e2e counts them.
 */
export function firstLoad(dist = path.join(root, 'dist')) {
  const html = readFileSync(path.join(dist, 'index.html'), 'utf8')
  const named = [...html.matchAll(/<(?:script|link)[^>]*?(?:src|href)="([^"]+\.js)"/g)].map((m) =>
    path.join(dist, m[1]),
  )
  const seen = new Set()
  for (const queue = [...named]; queue.length;) {
    const file = queue.pop()
    if (seen.has(file)) continue
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    for (const m of text.matchAll(
      /(?:^|[;}\s])(?:import|export)\s*(?:[\w$*{][^'"()]*?from\s*)?["'](\.[^"']+\.js)["']/g,
    )) {
      queue.push(path.join(path.dirname(file), m[1]))
    }
  }
  return { files: [...seen], bytes: [...seen].reduce((sum, file) => sum + gzip(file), 0) }
}

function rooms() {
  const sources = [
    ...walk(path.join(root, 'src')),
    ...walk(path.join(root, 'shaders')),
    ...walk(path.join(root, 'scripts')),
    ...walk(path.join(root, 'e2e')),
  ].filter((file) => /\.(tsx?|mjs|css|wgsl)$/.test(file))
  const table = new Map()
  for (const file of sources) {
    const parts = path.relative(root, path.dirname(file)).split(path.sep)
    const room = parts.slice(0, parts[1] === 'engine' || parts[1] === 'features' ? 3 : 2).join('/')
    const row = table.get(room) ?? { files: 0, lines: 0, tests: 0, longest: 0 }
    const lines = readFileSync(file, 'utf8').split('\n').length - 1
    if (/\.test\.|testing|\.spec\./.test(file)) row.tests += lines
    else Object.assign(row, { files: row.files + 1, lines: row.lines + lines, longest: Math.max(row.longest, lines) })
    table.set(room, row)
  }
  return [...table].sort(([a], [b]) => (a < b ? -1 : 1))
}

function budget() {
  const { files, bytes } = firstLoad()
  console.log(
    `First load: ${kB(bytes).trim()} of JavaScript (gzip) in ${files.length} file${files.length === 1 ? '' : 's'}; the budget is ${kB(firstLoadBudget).trim()}.`,
  )
  return bytes <= firstLoadBudget
}

/** What every page that is saved weighs before there is a run in it. */
function playerWithin() {
  const bytes = statSync(path.join(root, 'dist', 'player.html')).size
  console.log(`Player: player.html is ${kB(bytes).trim()}; the budget is ${kB(playerBudget).trim()}.`)
  return bytes <= playerBudget
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(async () => {
    const { values } = readOptions(import.meta.url, { options: { check: { type: 'boolean', default: false } } })
    if (values.check) {
      if (!budget()) throw new Problem('The first load is over its budget: load the newest part lazily.')
      if (!playerWithin()) throw new Problem('player.html is over its budget: what does it import and not show?')
      return
    }
    console.log('room'.padEnd(28), 'files'.padStart(6), 'lines'.padStart(7), 'longest'.padStart(8), 'tests'.padStart(7))
    const sum = { files: 0, lines: 0, tests: 0 }
    for (const [room, row] of rooms()) {
      console.log(
        room.padEnd(28),
        String(row.files).padStart(6),
        String(row.lines).padStart(7),
        String(row.longest).padStart(8),
        String(row.tests).padStart(7),
      )
      for (const key of Object.keys(sum)) sum[key] += row[key]
    }
    console.log(
      'all'.padEnd(28),
      String(sum.files).padStart(6),
      String(sum.lines).padStart(7),
      ''.padStart(8),
      String(sum.tests).padStart(7),
    )
    ensureBuild(() => {})
    console.log('')
    for (const file of walk(path.join(root, 'dist')).filter((name) => /\.(js|css|html)$/.test(name))) {
      console.log(`${kB(gzip(file))}  ${path.relative(root, file)}`)
    }
    console.log('')
    budget()
    playerWithin()
  })
}
