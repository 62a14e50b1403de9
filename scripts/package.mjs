// npm run package: builds lib/, which is what the package on npm holds (npm pack runs it).
//
//   lib/index.js           glassbox: the engine in the caller's own thread
//   lib/worker.js          glassbox/worker: the same in a worker of its own, with this browser's storage of models
//   lib/openai.js          glassbox/openai: either of them in the shape of OpenAI's API
//   lib/react.js           glassbox/react: hooks; React is the caller's
//   lib/elements.js        glassbox/elements: panels as custom elements; lib/embed.html is what they show
//   lib/engine-worker.js   that worker, one file
//   lib/chunks/            what is loaded when it is used
//   lib/types/             declarations
//
// Shaders lie inside as text, without their comments.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { readOptions } from './options.mjs'
import { buildPlayer } from './player.mjs'
import { ensureInstall, main, Problem, root, runBin } from './setup.mjs'

const lib = path.join(root, 'lib')
const entries = {
  index: 'src/engine/index.ts',
  worker: 'src/library/worker.ts',
  openai: 'src/openai/index.ts',
  react: 'src/library/react.ts',
  elements: 'src/library/elements.ts',
}
const declared = ['engine/index', 'library/worker', 'openai/index', 'library/react', 'library/elements']

/** WGSL as a driver needs it: no comments, no indentation. Lines stay lines: directives and includes are read by line. */
export const lean = (wgsl) =>
  wgsl
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .map((line) => line.replace(/\/\/.*$/, '').trim())
    .filter(Boolean)
    .join('\n')
    .concat('\n')

const leanShaders = {
  name: 'glassbox:lean-shaders',
  enforce: 'pre',
  load(id) {
    const [file, query] = id.split('?')
    if (!file.endsWith('.wgsl') || query !== 'raw') return null
    return `export default ${JSON.stringify(lean(readFileSync(file, 'utf8')))}`
  },
}

/** The hooks take the client from its own entry: its address of the worker is true beside that file only. */
const workerEntry = {
  name: 'glassbox:worker-entry',
  enforce: 'pre',
  resolveId: (id, importer) =>
    id === './worker.ts' && importer?.endsWith('library/react.ts') ? { id: './worker.js', external: true } : null,
}

/** What elements.ts shows in its frames: the player, as text of a module and as a file for pages that serve it themselves. */
const embedPage = {
  name: 'glassbox:embed-page',
  resolveId: (id) => (id === 'glassbox:embed-page' ? `\0${id}` : null),
  async load(id) {
    if (id !== '\0glassbox:embed-page') return null
    const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')])
    const { 'embed.html': html } = await buildPlayer({ build, plugins: () => react() }, root)
    mkdirSync(lib, { recursive: true })
    writeFileSync(path.join(lib, 'embed.html'), html)
    return `export default ${JSON.stringify(html)}`
  },
}

/** How bundlers find a worker is by this text; a minifier leaves other quotes, or the comment that kept this build away. */
const plainAddress = {
  name: 'glassbox:worker-address',
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      if (file.type !== 'chunk' || file.name !== 'worker') continue
      const found = /new URL\(\s*(?:\/\*.*?\*\/)?\s*["'`](\.\/engine-worker\.js)["'`],\s*import\.meta\.url\s*\)/
      if (!found.test(file.code)) this.error('lib/worker.js does not name its worker where it is looked for')
      file.code = file.code.replace(found, "new URL('$1', import.meta.url)")
    }
  },
}

/**
 * Which modules lie in one chunk: each of these with all that it imports and no chunk above it has. What is fetched later by
 * itself (a GPU, GGUF, adapters, the glass …) needs no line here: a dynamic import makes it a chunk.
 */
const together = [
  ['words', /engine\/(errors|sha256|formats\/(bytes|scratch)|tokenizer\/show-bytes)\.ts$/],
  ['options', /engine\/options\.ts$/],
  ['engine', /engine\/engine\.ts$/],
  ['tokenizer', /engine\/tokenizer\/(load|lab\/open)\.ts$/],
  ['speak', /engine\/speak\.ts$/],
]
const groups = together.map(([name, test], n) => ({ name, test, priority: together.length - n }))

/** What a page fetches for one of lib's files: it and everything that it imports statically. */
function fetched(names) {
  const seen = new Set()
  for (const queue = names.map((name) => path.join(lib, name)); queue.length;) {
    const file = queue.pop()
    if (seen.has(file)) continue
    seen.add(file)
    for (const [, other] of readFileSync(file, 'utf8').matchAll(
      /(?:^|[;}])(?:import|export)\b[^'"`()]*["'`](\.[^"'`]+)["'`]/g,
    )) {
      queue.push(path.join(path.dirname(file), other))
    }
  }
  return [...seen]
}
const zipped = (file) => gzipSync(readFileSync(file), { level: 9 }).length
const sum = (files) => files.reduce((bytes, file) => bytes + zipped(file), 0)
const kB = (bytes) => `${(bytes / 1024).toFixed(1)} kB`

/** Most that a page fetches for importing `glassbox`, gzip. What a model's run fetches later is printed beside it. */
const entryBudget = 60 * 1024
/** Most that a model's run fetches in all, without the tokenizer: today's, rounded up. It should only fall. */
const runBudget = 230 * 1024

/** @param {Record<string, string>} entry files of the repository by name @param {object} output more for the bundler */
async function bundle(entry, output) {
  const { build } = await import('vite')
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [leanShaders, workerEntry, embedPage, plainAddress],
    build: {
      outDir: lib,
      emptyOutDir: false,
      target: 'es2023',
      chunkSizeWarningLimit: Infinity,
      lib: { entry, formats: ['es'], fileName: (_, name) => `${name}.js` },
      rolldownOptions: {
        external: ['react'],
        checks: { pluginTimings: false },
        output: { chunkFileNames: 'chunks/[name].js', minify: true, codeSplitting: { groups }, ...output },
      },
    },
  })
}

/** Declarations of what the entries export, and of what those name: nothing else is anybody's business. */
function declare() {
  const all = path.join(lib, 'all-types')
  const project = path.join(lib, 'tsconfig.json')
  writeFileSync(
    project,
    JSON.stringify({
      extends: '../tsconfig.json',
      compilerOptions: { noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: all, rootDir: '../src' },
      files: [...declared.map((name) => `../src/${name}.ts`), '../src/library/embed-page.d.ts'],
      include: [],
    }),
  )
  const { status, stdout } = runBin('tsc', ['-p', project], { encoding: 'utf8' })
  if (status !== 0) throw new Problem(`Cannot write the package's types:\n${stdout}`)
  const from = /((?:from|import\()\s*['"])(\.[^'"]+)\.tsx?(['"])/g
  // the storage's own declarations name its database library, which the package holds inside: not a word of it is public
  const foreign = /^import (?:type )?\{([^}]+)\} from ['"]idb['"];$/m
  const apart = (_, names) =>
    names
      .split(',')
      .map((name) => `interface ${name.replace('type', '').trim()}<A = unknown, B = unknown, C = unknown> {}`)
      .join('\n')
  const seen = new Set()
  const keep = (name) => {
    if (seen.has(name)) return
    seen.add(name)
    const text = readFileSync(path.join(all, `${name}.d.ts`), 'utf8')
    const target = path.join(lib, 'types', `${name}.d.ts`)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, text.replace(from, '$1$2.js$3').replace(foreign, apart))
    for (const [, , other] of text.matchAll(from)) keep(path.posix.join(path.posix.dirname(name), other))
  }
  for (const name of declared) keep(name)
  rmSync(all, { recursive: true })
  rmSync(project)
  return seen.size
}

main(async () => {
  readOptions(import.meta.url)
  ensureInstall()
  rmSync(lib, { recursive: true, force: true })
  await bundle(entries, {})
  await bundle({ 'engine-worker': 'src/library/engine.worker.ts' }, { codeSplitting: false })
  const types = declare()
  for (const name of readdirSync(lib).filter((file) => file.endsWith('.js'))) {
    console.log(
      `lib/${name}: ${kB(zipped(path.join(lib, name)))} (gzip), with what it imports ${kB(sum(fetched([name])))}`,
    )
  }
  const run = ['index.js', ...['engine', 'speak'].map((name) => `chunks/${name}.js`)]
  const isTokenizer = (file) => path.basename(file) === 'tokenizer.js'
  const runs = [
    ['the processor', [...run, 'chunks/processor.js']],
    ['a GPU', [...run, 'chunks/place-gpu.js']],
  ].map(([where, names]) => {
    const files = fetched(names)
    const bytes = sum(files.filter((file) => !isTokenizer(file)))
    console.log(
      `A chat on ${where} fetches ${kB(bytes)} in all, and the tokenizer's ${kB(sum(files.filter(isTokenizer)))}:`,
    )
    for (const file of files) console.log(`  ${kB(zipped(file)).padStart(9)}  ${path.relative(lib, file)}`)
    return bytes
  })
  const entry = sum(fetched(['index.js']))
  if (entry > entryBudget) {
    throw new Problem(`glassbox is ${kB(entry)}; the budget is ${kB(entryBudget)}: fetch the newest part by import().`)
  }
  if (Math.max(...runs) > runBudget) throw new Problem(`A chat fetches more than ${kB(runBudget)}.`)
  console.log(`lib/types: ${types} files`)
})
