// npm run site: a folder for any static host, at any path: an introduction in English and Chinese with recorded runs, and the
// page itself under app/. Needs no graphics chip to be read.
//
//   node scripts/site.mjs [--out site]      the folder must be new, empty, or made by this script
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { readOptions } from './options.mjs'
import { ensureBuild, main, Problem, root } from './setup.mjs'

const pages = path.join(root, 'scripts/site')
/** What lies in a folder that this script made. */
const made = new Set([...readdirSync(pages), 'app', 'glassbox'])

main(async () => {
  const { values } = readOptions(import.meta.url, { options: { out: { type: 'string', default: 'site' } } })
  const out = path.resolve(root, values.out)
  const strange = existsSync(out) ? readdirSync(out).find((name) => !made.has(name)) : undefined
  if (strange !== undefined) throw new Problem(`${out} holds "${strange}", which is not of a site. Name a new folder.`)
  ensureBuild(() => {})
  const lib = path.join(root, 'lib')
  if (!existsSync(path.join(lib, 'elements.js'))) {
    const { status } = spawnSync(process.execPath, [path.join(root, 'scripts/package.mjs')], { stdio: 'inherit' })
    if (status !== 0) throw new Problem('The package was not built: npm run package.')
  }
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  cpSync(pages, out, { recursive: true })
  cpSync(path.join(root, 'dist'), path.join(out, 'app'), { recursive: true })
  for (const name of ['elements.js', 'chunks']) {
    cpSync(path.join(lib, name), path.join(out, 'glassbox', name), { recursive: true })
  }
  console.log(
    `${path.relative(process.cwd(), out) || '.'}/index.html, zh.html and app/: copy the folder to any static host.`,
  )
})
