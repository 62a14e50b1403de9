// npm run notices: writes THIRD_PARTY_NOTICES.md, the licences of everything the built
// page contains: the packages that its sources import, with what those need, and the embedded model.
//
//   node scripts/notices.mjs [--check]      --check only compares and fails when it differs
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readOptions } from './options.mjs'
import { main, Problem, root } from './setup.mjs'

const target = path.join(root, 'THIRD_PARTY_NOTICES.md')

const walk = (dir) =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(path.join(dir, entry.name)) : [path.join(dir, entry.name)],
  )

/** Packages that a source of the page imports; their types hold no code that ships. */
function imported() {
  const sources = walk(path.join(root, 'src')).filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.|[\\/]testing[.\\/]/.test(file),
  )
  const from = /(?:^(?:import|export) (?!type\b)[^'"]*?from |^import |\bimport\()['"]((?:@[\w.-]+\/)?[\w.-]+)/gm
  const names = sources.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(from)].map((m) => m[1]))
  return new Set(names.filter((name) => !/^(node:|\.)/.test(name)))
}

/** What the page is built of, by the lockfile: those, and what they need. */
function packages() {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages
  const found = new Map()
  const add = (name) => {
    const place = `node_modules/${name}`,
      entry = lock[place]
    if (!entry || found.has(place)) return
    found.set(place, { name, version: entry.version, license: entry.license, dir: path.join(root, place) })
    Object.keys(entry.dependencies ?? {}).forEach(add)
  }
  imported().forEach(add)
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function texts({ dir, name }) {
  if (!existsSync(dir)) {
    throw new Problem(`Cannot read the licence of "${name}": it is not installed. Run "npm ci" first.`)
  }
  const read = (pattern) =>
    readdirSync(dir)
      .filter((file) => pattern.test(file))
      .sort()
      .map((file) => readFileSync(path.join(dir, file), 'utf8').trim())
  return { licence: read(/^licen[cs]e/i)[0], notices: read(/^notice/i) }
}

const source = (dir) => {
  const { repository, homepage } = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8'))
  const url = typeof repository === 'string' ? repository : repository?.url
  return (url ?? homepage ?? '')
    .replace(/^git\+/, '')
    .replace(/^git:/, 'https:')
    .replace(/\.git$/, '')
    .replace(/^(github:)?([\w-]+\/[\w.-]+)$/, 'https://github.com/$2')
}

/** The facts of a model card: its YAML head and its first paragraph. */
function models() {
  const dir = path.join(root, 'public', 'models')
  if (!existsSync(dir)) return []
  return readdirSync(dir)
    .filter((name) => existsSync(path.join(dir, name, 'README.md')))
    .map((name) => {
      const card = readFileSync(path.join(dir, name, 'README.md'), 'utf8')
      const licence = /^license:\s*(\S+)/m.exec(card)?.[1] ?? 'not stated'
      const paragraph =
        card
          .replace(/^---[\s\S]*?---\s*/, '')
          .split(/\n\s*\n/)
          .find((text) => text && !text.startsWith('#')) ?? ''
      return `- **${name}** (licence: ${licence}). ${paragraph.replace(/\s+/g, ' ')} Card: \`public/models/${name}/README.md\`.`
    })
}

function compose() {
  const groups = new Map()
  const rows = packages().map((entry) => {
    const { licence, notices } = texts(entry)
    // The Apache text is this repository's own LICENSE; only what stands beside it is repeated.
    const copyright =
      entry.license === 'Apache-2.0' ? /^\s*Copyright (?!\[).*/m.exec(licence ?? '')?.[0].trim() : undefined
    const text =
      entry.license === 'Apache-2.0'
        ? [copyright, 'Licensed under the Apache License 2.0, see LICENSE.', ...notices].filter(Boolean).join('\n\n')
        : (licence ?? `Licensed under the ${entry.license} licence; the package carries no text of it.`)
    groups.set(text, [...(groups.get(text) ?? []), `${entry.name} ${entry.version}`])
    return `| ${entry.name} | ${entry.version} | ${entry.license} | ${source(entry.dir)} |`
  })
  return [
    '# Third-party notices',
    '',
    'Glassbox itself is under the Apache License 2.0, see LICENSE. The built page contains the packages below.',
    'Written by `npm run notices`; do not edit by hand.',
    '',
    '| Package | Version | Licence | Source |',
    '|---|---|---|---|',
    ...rows,
    '',
    '## Models in this repository',
    '',
    ...models(),
    '',
    'Models that people download or import stay under their own licences; the page shows them before the download.',
    '',
    '## Licence texts',
    '',
    ...[...groups].flatMap(([text, names]) => [
      `### ${names.join(', ')}`,
      '',
      '```',
      text.replaceAll('\r', ''),
      '```',
      '',
    ]),
  ].join('\n')
}

main(async () => {
  const { values } = readOptions(import.meta.url, { options: { check: { type: 'boolean', default: false } } })
  const text = compose()
  if (!values.check) {
    writeFileSync(target, text)
    console.log(`Wrote THIRD_PARTY_NOTICES.md: ${packages().length} packages.`)
  } else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    throw new Problem('THIRD_PARTY_NOTICES.md is out of date: run "npm run notices".')
  }
})
