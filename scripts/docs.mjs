// npm run docs: the API reference of the package, one page per entry, of the docstrings in its declarations (lib/types).
//
//   node scripts/docs.mjs      writes docs/api, which git leaves alone
//
// What an entry exports, and what those words mean that it re-exports, as the package's types have it: nothing is written
// twice. (TypeScript 7 has no compiler API for typedoc; tsc's own declarations are of one shape, so lines will do.)
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { readOptions } from './options.mjs'
import { ensureInstall, main, Problem, root } from './setup.mjs'

const types = path.join(root, 'lib/types')

/** A declaration with its docstring, from its first line at the margin to its last. */
const declaration =
  /(?:^\/\*\*[\s\S]*?\*\/\n)?^(?:export )?(?:declare )?(?:abstract )?(?:interface|type|class|function|const|enum) (\w+)[\s\S]*?(?=^(?:\/\*\*|export |import |declare |interface |type |abstract )|(?![\s\S]))/gm

/** @returns {Map<string, string>} declarations of a file by name */
function declarations(file) {
  const found = new Map()
  for (const [text, name] of readFileSync(file, 'utf8').matchAll(declaration)) {
    // overloads stand one after another
    found.set(name, found.has(name) ? `${found.get(name)}${text}` : text)
  }
  return found
}

/** Everything that a file exports, its own words and others'. @returns {Map<string, string>} text by name */
function exportsOf(file, seen = new Set()) {
  const out = new Map()
  if (seen.has(file)) return out
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  const at = (from) => path.join(path.dirname(file), from.replace(/\.js$/, '.d.ts'))
  for (const [, from] of text.matchAll(/^export (?:type )?\* from '(\.[^']+)';/gm)) {
    for (const [name, told] of exportsOf(at(from), seen)) out.set(name, told)
  }
  for (const [, names, from] of text.matchAll(/^export (?:type )?\{([^}]+)\} from '(\.[^']+)';/gm)) {
    const others = exportsOf(at(from))
    for (const one of names.split(',')) {
      const [own, as = own] = one
        .replace(/\btype\b/, '')
        .trim()
        .split(/ as /)
      if (!own) continue
      if (!others.has(own)) {
        throw new Problem(`${path.relative(root, file)} exports "${own}", which is not found in ${from}.`)
      }
      out.set(as, others.get(own))
    }
  }
  for (const [name, told] of declarations(file)) {
    if (/^(?:export )/m.test(told.replace(/^\/\*\*[\s\S]*?\*\/\n/, ''))) out.set(name, told)
  }
  return out
}

/** A docstring as text: tags as a list. */
function words(doc) {
  const lines = doc
    .replace(/^\/\*\*|\*\/\s*$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
  return lines
    .join(' ')
    .trim()
    .replace(/\s*@(param|returns|throws)\s+/g, (_, tag) => `\n- *${tag}* `)
    .replace(/^\n/, '')
}

const kindOf = (code) => /\b(interface|type|class|function|const|enum)\b/.exec(code)[1]

function page(entry, file) {
  const all = [...exportsOf(file)].sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
  const parts = all.map(([name, told]) => {
    const doc = /^\/\*\*[\s\S]*?\*\/\n/.exec(told)?.[0] ?? ''
    const code = told
      .slice(doc.length)
      .replace(/^export (?:declare )?/gm, '')
      .trimEnd()
    return { name, kind: kindOf(code), doc: doc && words(doc), code }
  })
  const does = parts.filter(({ kind }) => kind === 'function' || kind === 'const' || kind === 'class')
  const says = parts.filter((part) => !does.includes(part))
  const list = (title, some) =>
    some.length === 0
      ? ''
      : `## ${title}\n\n${some
          .map(
            ({ name, kind, doc, code }) =>
              `### ${name}\n\n*${kind}*${doc ? ` — ${doc}` : ''}\n\n\`\`\`ts\n${code}\n\`\`\`\n`,
          )
          .join('\n')}\n`
  return {
    text: `# ${entry}\n\nMade by \`npm run docs\` of the package's declarations.\n\n${list('What it does', does)}${list('Words', says)}`,
    names: parts.length,
    untold: does.filter(({ doc }) => !doc).map(({ name }) => name),
  }
}

main(async () => {
  readOptions(import.meta.url)
  ensureInstall()
  if (!existsSync(types)) {
    const { status } = spawnSync(process.execPath, [path.join(root, 'scripts/package.mjs')], { stdio: 'inherit' })
    if (status !== 0) throw new Problem('The package was not built: npm run package.')
  }
  const out = path.join(root, 'docs/api')
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const { exports, name: own } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const links = []
  for (const [at, { types: declared }] of Object.entries(exports)) {
    if (!declared) continue
    const entry = at.replace('.', own)
    const { text, names, untold } = page(entry, path.join(root, declared))
    if (untold.length > 0) throw new Problem(`${entry}: ${untold.join(', ')} has no docstring.`)
    const file = `${entry.replace('/', '-')}.md`
    writeFileSync(path.join(out, file), text)
    links.push(`- [${entry}](${file}): ${names} names`)
    console.log(`${path.relative(root, path.join(out, file))}: ${names} names`)
  }
  writeFileSync(path.join(out, 'README.md'), `# API\n\n${links.join('\n')}\n`)
})
