// The house rules that a machine can check: who may import whom, where GPU words
// may stand, shaders and ops mirror each other, every error has its sentence in
// both languages, files stay short, and the README's tree is true.
// What is not listed is forbidden: widening a wall is a change of this file.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorCodes } from './engine/errors.ts'

const root = path.resolve(import.meta.dirname, '..')
const src = path.join(root, 'src')

const walk = (dir: string): string[] =>
  !existsSync(dir)
    ? []
    : readdirSync(dir, { withFileTypes: true })
        .filter(({ name }) => name !== 'node_modules') // scripts/peers has its own
        .flatMap((entry) => (entry.isDirectory() ? walk(path.join(dir, entry.name)) : [path.join(dir, entry.name)]))
const relative = (file: string) => path.relative(src, file).replaceAll('\\', '/')
const read = (file: string) => readFileSync(file, 'utf8')
/** Without comments, so that a rule looks at code only. */
const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')

const all = walk(src)
  .map(relative)
  .filter((file) => /\.tsx?$/.test(file))
  .sort()
const isTest = (file: string) => /(\.test|\/testing)\.tsx?$|\/testing\//.test(file)
const product = all.filter((file) => !isTest(file))

// ---- who may import whom ---------------------------------------------------

interface Room {
  may: string[]
  npm?: (string | RegExp)[]
}
// types, the error class, values in messages, the hash, what a device has: everybody in the engine
const names = ['engine/device-features.ts', 'engine/cache-formats.ts']
const ground = ['engine/errors.ts', 'engine/sha256.ts', 'engine/shown.ts', ...names]
const spelling = ['engine/tokenizer/show-bytes.ts', 'tools/as-data.ts']
const words = [...ground, 'engine/types.ts']
const door = ['engine/index.ts', 'engine/options.ts']
// names only: what a caller, or the page, can choose
const choices = 'chat/names weight-choices reading-types held-types stats'.split(' ').map((name) => `engine/${name}.ts`)
// what a sampler can be set to (defaults, ranges, sliders); what the page reads of a glass
const sampling = ['bias', 'params', 'stages'].map((name) => `engine/sampler/${name}.ts`)
const glass = ['types', 'recording', 'recording-slice'].map((name) => `engine/glass/${name}.ts`)
const numbers = [...words, 'engine/tensor', 'engine/quants/weight.ts']
const react = ['react', 'react-dom', 'react-dom/client']

/**
 * A room is the longest matching key; its own files are always allowed. `may` names rooms or single files. From the
 * ground up: no room imports one that stands below it in this list, whatever its `may` says.
 */
const rooms: Record<string, Room> = {
  ...Object.fromEntries([...ground, ...choices].map((file) => [file, { may: [] }])),
  // what can be set is what the sampler's stages let a caller set
  'engine/types.ts': {
    may: [
      ...ground,
      ...choices,
      'engine/formats',
      'engine/tensor',
      'engine/quants/weight.ts',
      'engine/sampler/stages.ts',
    ],
  },
  'engine/tensor': { may: words },
  // one file per weight format: bytes and numbers, no file and no device
  'engine/quants': { may: ['engine/errors.ts', 'engine/tensor'] },
  'engine/sampler': { may: words },
  'engine/plain-data.ts': { may: ['engine/sampler/params.ts'] },
  // the page checks with it, too: nothing big may hang on it
  'engine/options.ts': { may: [...words, 'engine/sampler/params.ts', 'engine/chat/names.ts', 'engine/plain-data.ts'] },
  'engine/chat': { may: [...words, 'engine/chat/names.ts'] },
  'engine/tokenizer': { may: words },
  // forms of answers: bytes and the places between them; form.ts alone knows tokens
  'engine/constrain': { may: [...words, 'engine/tokenizer', 'engine/chat'] },
  'engine/formats': { may: [...words, 'engine/tensor', 'engine/quants'] },
  'engine/ops': { may: ['engine/errors.ts', ...names, 'engine/tensor', 'engine/quants/weight.ts'] },
  'engine/gpu': { may: numbers },
  'engine/gpu/selftest.ts': {
    may: [...numbers, 'engine/gpu', 'engine/ops/op.ts', 'engine/ops/inputs.ts', 'engine/ops/cache-format.ts'],
  }, // is handed ops; knows none
  // family.ts: the words in which a family says how its files look
  'engine/model': { may: [...numbers, 'engine/ops', 'engine/formats/family.ts'] },
  'engine/runtime': { may: [...numbers, 'engine/gpu', 'engine/ops', 'engine/model', 'engine/formats'] },
  // runtime.ts: whose weights an adapter lies beside; lead.ts: what can stand before a text
  'engine/adapters': {
    may: [
      ...numbers,
      'engine/ops',
      'engine/formats',
      'engine/model',
      'engine/runtime/runtime.ts',
      'engine/runtime/lead.ts',
    ],
  },
  engine: { may: ['engine'] },
  'engine/train': { may: ['engine'] }, // teaches what lies below it
  'engine/glass': { may: ['engine'] }, // the inspector looks at everything; nothing below it knows of it
  'engine/engine.ts': { may: ['engine'] }, // what the door opens
  'engine/index.ts': { may: ['engine'] },
  retrieval: { may: ['engine/errors.ts', 'engine/sha256.ts'], npm: [/^pdfjs-dist/] }, // runs no model, knows no page
  tools: { may: [] }, // pure functions of their arguments and of what they are handed
  openai: { may: [...words, ...door, 'engine/sampler', 'retrieval/vectors.ts', ...spelling] },
  evaluation: { may: [] }, // scores of answers, and sets of questions: texts and numbers
  lessons: { may: [...words, 'engine/glass/types.ts', 'evaluation'] }, // data, and what measures it in page and Node
  storage: { may: [...words, 'engine/formats', 'retrieval/shelf.ts'], npm: ['idb', 'idb-keyval'] },
  worker: {
    may: [
      ...words,
      ...door,
      ...glass,
      'engine/runtime/processor/thread.worker.ts', // its address: a thread is a worker of its own
      'storage',
      'retrieval',
    ],
    npm: ['comlink'],
  },
  // the package's entries beside the engine's own: what runs them in a worker of somebody else's page
  library: {
    may: ['engine/errors.ts', 'engine/index.ts', 'engine/runtime/processor/thread.worker.ts', 'worker'],
    npm: ['react', 'glassbox:embed-page'],
  },
  agent: { may: ['tools', 'retrieval/index.ts'] }, // how an agent's run goes on, and how it is asked and read: texts alone
  store: {
    may: [
      'engine/errors.ts',
      ...['lessons', 'tools', 'agent'],
      'retrieval/cite.ts',
      'evaluation',
      'engine/chat/names.ts',
      'engine/ops/activations.ts',
      ...['engine/constrain/places.ts', 'engine/model/rope-table.ts', 'storage/names.ts'], // a form while it is typed; a formula that is drawn; names of files
      ...sampling,
      'worker/client.ts',
      'worker/page.ts',
      'worker/protocol.ts',
      ...['recording', 'reward', 'documents'].map((name) => `worker/${name}.ts`), // pure, and the same for both
      'retrieval/memory-rows.ts',
    ],
    npm: [/^zustand/, 'react'],
  },
  ui: { may: [], npm: [...react, /^markdown-it/, 'temml'] },
  // stages: their names, as types, so that a stage without its words is said where words are missing
  i18n: { may: ['engine/errors.ts', 'engine/sampler/stages.ts', 'lessons/types.ts', 'evaluation'], npm: react },
  features: { may: ['store', 'ui', 'i18n', 'lessons', 'evaluation'], npm: [...react, 'zustand'] }, // zustand: a panel's own unsent drafts
  // panels in a page of their own; absent.ts stands in for chat, models and worker
  player: { may: ['features', 'store', 'ui', 'i18n', ...words, 'worker/failures.ts'], npm: [...react, 'zustand'] },
  app: { may: ['features', 'store', 'ui', 'i18n', 'worker/client.ts', 'worker/trusted-types.ts'], npm: react },
}
const roomOf = (file: string): string =>
  Object.keys(rooms)
    .filter((key) => file === key || file.startsWith(`${key}/`))
    .reduce((best, key) => (key.length > best.length ? key : best), '')

const importPattern =
  /(?:^|[\n;}])\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|[\n;])\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g
const importsOf = (file: string) =>
  [...code(read(path.join(src, file))).matchAll(importPattern)].map((m) => (m[1] ?? m[2] ?? m[3])!.replace(/\?.*$/, ''))

const floors = Object.keys(rooms)
/** Does an import run up? The words of all name the types of what is built with them: no circle, see below. */
const runsUp = (file: string, target: string): boolean =>
  file !== 'engine/types.ts' && floors.indexOf(roomOf(target)) > floors.indexOf(roomOf(file))

type Graph = ReadonlyMap<string, readonly string[]>
/** What is left when files that import nothing left, or that nothing left imports, are taken away until none is. */
function circles(graph: Graph): string[] {
  const left = new Map(graph)
  for (;;) {
    const wanted = new Set([...left.values()].flat())
    const free = [...left.keys()].filter((file) => !wanted.has(file) || !left.get(file)!.some((to) => left.has(to)))
    if (free.length === 0) break
    for (const file of free) left.delete(file)
  }
  return [...left].map(([file, to]) => `${file} -> ${to.filter((t) => left.has(t)).join(', ')}`)
}
const graphOf = (files: readonly string[]): Graph =>
  new Map(
    files.map((file) => [
      file,
      importsOf(file)
        .filter((target) => target.startsWith('.'))
        .map((target) => path.posix.join(path.posix.dirname(file), target)),
    ]),
  )

function complaint(file: string, target: string): string | null {
  const room = roomOf(file)
  const { may, npm = [] } = rooms[room] ?? { may: [] }
  if (!target.startsWith('.')) {
    const known = npm.some((name) => (typeof name === 'string' ? name === target : name.test(target)))
    return known ? null : `${file}: the room "${room}" may not import the package "${target}"`
  }
  const resolved = path.posix.join(path.posix.dirname(file), target)
  if (resolved.endsWith('.css') || resolved.startsWith('../shaders/')) return null
  if (resolved.startsWith('..')) return `${file} imports "${target}" from outside src/`
  if (isTest(resolved)) return `${file} imports test code "${resolved}"`
  const [, feature] = file.split('/')
  if (room === 'features' && roomOf(resolved) === 'features') {
    return resolved.startsWith(`features/${feature}/`) ? null : `${file} imports another feature: "${resolved}"`
  }
  const allowed =
    roomOf(resolved) === room || may.some((place) => resolved === place || resolved.startsWith(`${place}/`))
  return allowed ? null : `${file}: the room "${room}" may not import "${resolved}"`
}

const playerFiles = ['player/absent.ts', 'player/main.tsx'] // scripts/player.mjs begins at them

describe('walls', () => {
  test('every file lives in a room', () => {
    expect(product.filter((file) => !roomOf(file))).toEqual([])
  })
  test('imports go one way', () => {
    expect(product.flatMap((file) => importsOf(file).flatMap((target) => complaint(file, target) ?? []))).toEqual([])
  })
  test('no import runs up', () => {
    const up = [...graphOf(product)].flatMap(([file, targets]) =>
      targets.filter((target) => product.includes(target) && runsUp(file, target)).map((to) => `${file} -> ${to}`),
    )
    expect(up).toEqual([])
    expect(runsUp('engine/generate.ts', 'engine/glass/live.ts')).toBe(true)
    expect(runsUp('worker/spawn.ts', 'app/sw.ts')).toBe(true)
    expect(runsUp('engine/glass/live.ts', 'engine/context.ts')).toBe(false)
  })
  test('no files import each other in a circle, not even for a type', () => {
    expect(circles(graphOf(all))).toEqual([])
    const ring = { a: ['b', 'd'], b: ['c'], c: ['a', 'd'], d: [], e: ['a'] }
    expect(circles(new Map(Object.entries(ring)))).toEqual(['a -> b', 'b -> c', 'c -> a'])
  })
  test('no file lies about: each is imported by another, or is where something begins', () => {
    const graph = graphOf(product)
    const wanted = new Set([...graph].flatMap(([file, targets]) => targets.filter((target) => target !== file)))
    const packed = ['elements.ts', 'embed-page.d.ts', 'engine.worker.ts', 'react.ts'].map((file) => `library/${file}`)
    const begin = ['app/main.tsx', 'app/sw.ts', 'engine/golden.ts', ...packed, 'openai/index.ts', ...playerFiles]
    expect(product.filter((file) => !wanted.has(file))).toEqual(begin)
  })
  test('the checker sees a forbidden import', () => {
    expect(complaint('engine/tensor/a.ts', '../gpu/device.ts')).toContain('may not import')
    expect(complaint('features/chat/Panel.tsx', '../models/Panel.tsx')).toContain('another feature')
    expect(complaint('features/chat/Panel.tsx', '../../engine/index.ts')).toContain('may not import')
    expect(complaint('ui/Button.tsx', 'zustand')).toContain('may not import')
    expect(complaint('engine/runtime/session.ts', '../gpu/device.ts')).toBeNull()
  })
  test('the runtime of the processor is loaded when it is chosen', () => {
    const within = (file: string) => file.startsWith('engine/runtime/processor/')
    const loaded = (text: string) =>
      [
        ...code(text).matchAll(/(?:^|[\n;}])\s*(?:import|export)\b(?!\s+type\b)[^'";(]*?\bfrom\s*['"]([^'"]+)['"]/g),
      ].map(([, target]) => target!.replace(/\?.*$/, ''))
    // a thread begins at its own file, whose address is asked for by ?worker&url
    const at = product
      .filter((file) => !within(file))
      .flatMap((file) =>
        loaded(read(path.join(src, file)))
          .filter((target) => target.startsWith('.') && !target.endsWith('.worker.ts'))
          .map((target) => path.posix.join(path.posix.dirname(file), target))
          .filter(within)
          .map((target) => `${file} -> ${target}`),
      )
    expect(at).toEqual([])
    expect(loaded("import type { A } from './a.ts'\nimport { b } from './b.ts'\nawait import('./c.ts')")).toEqual([
      './b.ts',
    ])
  })
  test('WebGPU is written in engine/gpu only', () => {
    const types = product
      .filter((file) => !file.startsWith('engine/gpu/'))
      .filter((file) => /\bGPU[A-Z]\w*[a-z]|\bnavigator\.gpu\b/.test(code(read(path.join(src, file)))))
    expect(types).toEqual([])
  })
  test('tensor names of a family stand in its file, and nowhere else', async () => {
    const { families } = await import('./engine/model/families/index.ts')
    // names of our own steps that sound the same, and of heads that may lie beside any decoder
    const ours = new Set([
      'attn_norm',
      'q_norm',
      'k_norm',
      'mlp_norm',
      'final_norm',
      'qa_outputs',
      'start_logits',
      'end_logits',
    ])
    const words = families
      .flatMap(({ gguf, modules: { embed, blocks, others, heads } }) => [
        ...Object.entries(gguf?.names ?? {}).flat(),
        ...[embed, blocks, ...others, ...heads],
      ])
      .flatMap((name) => name.split('.'))
      .filter((word) => word.includes('_') && !ours.has(word) && !families.some(({ name }) => name === word))
    const pattern = new RegExp(`\\b(${[...new Set(words)].join('|')}|model\\.layers|blk)\\b`)
    expect(words.length).toBeGreaterThan(20)
    expect(pattern.test("'model.embed_tokens'") && pattern.test('/^blk\\.(\\d+)/')).toBe(true)
    const found = product
      .filter((file) => !file.startsWith('engine/model/families/'))
      .filter((file) => pattern.test(code(read(path.join(src, file)))))
    expect(found).toEqual([])
  })
  test('chance, logs and inline numbers stay where they belong', () => {
    const found = (pattern: RegExp, where: (file: string) => boolean) =>
      product.filter(where).filter((file) => pattern.test(code(read(path.join(src, file)))))
    // names of tensors are told apart by the Plan; in files of recordings they are one text
    expect(
      found(/\.split\((['"`])\+\1\)/, (file) => file !== 'engine/glass/recording-plan.ts'),
      'a name that was put together, taken apart',
    ).toEqual([])
    expect(
      found(/\bMath\.random\b/, (file) => !file.startsWith('engine/sampler/')),
      'Math.random',
    ).toEqual([])
    expect(
      found(/\bconsole\.(log|debug|info)\b/, () => true),
      'console.log',
    ).toEqual([])
    expect(
      found(/\bdangerouslySetInnerHTML\b|\.innerHTML\b|\beval\(|\bnew Function\b/, () => true),
      'injection',
    ).toEqual([])
    // A panel shows what the engine measured; a table of numbers in it would be made up.
    expect(
      found(/(?:-?\d[\d._e-]*\s*,\s*){16,}/, (file) => file.startsWith('features/')),
      'numbers in a panel',
    ).toEqual([])
  })
})

// ---- shaders and ops -------------------------------------------------------

describe('kernels', () => {
  const shaders = walk(path.join(root, 'shaders'))
    .filter((file) => file.endsWith('.wgsl'))
    .map((file) => path.relative(path.join(root, 'shaders'), file).replaceAll('\\', '/'))
  const kernels = shaders.filter((file) => !file.includes('/')).map((file) => file.replace(/\.wgsl$/, ''))
  const opFiles = product
    .filter((file) => file.startsWith('engine/ops/') && /= defineOp\(\{/.test(read(path.join(src, file))))
    .map((file) => path.basename(file.replace(/\/index\.ts$/, '')))
  const opText = all
    .filter((file) => file.startsWith('engine/ops/') && !isTest(file))
    .map((file) => read(path.join(src, file)))
    .join('\n')

  test('every op is listed and named as its file or folder', async () => {
    const { ops } = await import('./engine/ops/index.ts')
    await import('./engine/ops/training/index.ts') // adds its own
    expect(Object.keys(ops).sort()).toEqual(opFiles.map((file) => file.replace(/\.ts$/, '')).sort())
  })
  test("every shader is named in an op, and starts with an op's name", async () => {
    const { ops } = await import('./engine/ops/index.ts')
    const quoted = (name: string) => new RegExp(`['"\`]${name}['"\`]`).test(opText)
    expect(
      kernels.filter((name) => !quoted(name)),
      'shaders that no op names',
    ).toEqual([])
    expect(
      kernels.filter((name) => !Object.keys(ops).some((op) => name === op || name.startsWith(`${op}-`))),
      'shaders without an op',
    ).toEqual([])
  })
  test('every op has a variant and a hard case', async () => {
    const { ops } = await import('./engine/ops/index.ts')
    expect(
      Object.values(ops)
        .filter((op) => op.cases.length === 0 || op.variants.length === 0)
        .map((op) => op.name),
    ).toEqual([])
  })
  test('every snippet is included by somebody, and every weight format has its two', async () => {
    const { quants } = await import('./engine/quants/index.ts')
    const text = shaders.map((file) => read(path.join(root, 'shaders', file))).join('\n')
    const names = shaders.filter((file) => file.includes('/')).map((file) => file.replace(/^lib\/|\.wgsl$/g, ''))
    const forms = (...ends: string[]) => quants.flatMap(({ name }) => ends.map((end) => `quants/${name}${end}`))
    const chosen = [
      ...forms('', '-blocks'),
      ...forms('-eights', '-words', '-dots').filter((name) => names.includes(name)),
      ...quants.flatMap(({ name, ...quant }) => ('ints' in quant ? [`quants/${name}-ints`] : [])),
    ]
    expect(chosen.filter((name) => !names.includes(name))).toEqual([])
    // or an op puts it in the place of another (Pass.parts)
    const isUsed = (name: string): boolean => text.includes(`#include ${name}\n`) || opText.includes(`'${name}'`)
    expect(names.filter((name) => !chosen.includes(name) && !isUsed(name))).toEqual([])
    expect(
      ['weights', 'blocks', 'eights', 'words', 'dots', 'ints'].filter((name) => !text.includes(`#include ${name}\n`)),
    ).toEqual([])
  })
  test('a weight format is named in its own room only', () => {
    // what floats may be packed to while loading is a choice that people make; cases name the format they are hard in
    const choices = ['engine/weight-choices.ts', 'engine/options.ts', 'engine/runtime/weights.ts']
    const namesFormats = new Set([
      ...choices,
      'engine/cache-formats.ts',
      'engine/ops/cache-format.ts',
      'engine/ops/matmul/cases.ts',
      'engine/ops/expert-matmul.ts',
      'engine/ops/recurrent-cell.ts',
      'store/settings-read.ts',
      'store/share/run.ts',
    ])
    const quoted = /['"`](nf4|q4_0|q4_1|q8_0|i8|bf16|f16)['"`]/
    const at = product.filter((file) => quoted.test(code(read(path.join(src, file)))))
    expect(at.filter((file) => !file.startsWith('engine/quants/') && !namesFormats.has(file))).toEqual([])
  })
})

// ---- words -----------------------------------------------------------------

describe('languages', () => {
  const keys = (value: unknown, at = ''): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => keys(inner, at ? `${at}.${key}` : key))
      : [at]
  const load = async (file: string): Promise<Record<string, Record<string, unknown>> | null> =>
    existsSync(path.join(src, file))
      ? ((await import(/* @vite-ignore */ `./${file}`)) as Record<string, Record<string, unknown>>)
      : null

  test('English and Chinese say the same things', async ({ skip }) => {
    const [en, zh] = [await load('i18n/en.ts'), await load('i18n/zh.ts')]
    if (!en || !zh) return skip('UNRUN: src/i18n/en.ts and zh.ts are not written yet')
    expect(keys(zh['zh']).sort()).toEqual(keys(en['en']).sort())
  })
  test('every error code has a sentence in both', async ({ skip }) => {
    const [en, zh] = [await load('i18n/errors.en.ts'), await load('i18n/errors.zh.ts')]
    if (!en || !zh) return skip('UNRUN: src/i18n/errors.en.ts and errors.zh.ts are not written yet')
    for (const book of [en['errorsEn'], zh['errorsZh']]) {
      expect(Object.keys(book ?? {}).sort()).toEqual([...errorCodes].sort())
    }
  })
})

// ---- size and the README ---------------------------------------------------

describe('papers', () => {
  const lines = (file: string) => read(file).split('\n').length - 1

  test('files are at most 500 lines, or say why', () => {
    const long = [...all.map((file) => path.join(src, file)), ...walk(path.join(root, 'shaders'))].filter(
      (file) => lines(file) > 500 && !/Long because/.test(read(file).split('\n').slice(0, 12).join('\n')),
    )
    expect(long.map((file) => path.relative(root, file))).toEqual([])
  })
  test('scripts are at most 250 lines', () => {
    const scripts = walk(path.join(root, 'scripts')).filter((file) => /\.m?[jt]s$/.test(file))
    expect(scripts.filter((file) => lines(file) > 250).map((file) => path.relative(root, file))).toEqual([])
  })
  test('files that the papers name are there', () => {
    const files = ['src', 'shaders', 'scripts', 'tools', 'e2e', 'fixtures']
      .flatMap((dir) => walk(path.join(root, dir)))
      .map((file) => `/${path.relative(root, file).replaceAll('\\', '/')}`)
    const papers = ['README.md', 'README.zh.md', 'CONTRIBUTING.md', 'docs/ARCHITECTURE.md', 'docs/performance.md']
    const missing = papers.flatMap((paper) =>
      [...read(path.join(root, paper)).matchAll(/`([\w./-]+\.(?:tsx?|mjs|wgsl|py))`/g)]
        .map((m) => m[1]!)
        .filter((name) => !files.some((file) => file.endsWith(`/${name}`)))
        .map((name) => `${paper}: ${name}`),
    )
    expect(missing).toEqual([])
  })
  test('the numbers that the papers give are those there are', () => {
    const paper = (name: string) => read(path.join(root, name))
    const { cases } = JSON.parse(paper('fixtures/configs.json')) as { cases: unknown[] }
    const numbers = (name: string, pattern: RegExp) => [...paper(name).matchAll(pattern)].map((m) => Number(m[1]))
    expect(numbers('README.md', /(\d+) configs/g)).toEqual([cases.length])
    expect(numbers('fixtures/README.md', /(\d+) configs/g)).toEqual([cases.length])
  })
  test("the README's tree is true", ({ skip }) => {
    const readme = path.join(root, 'README.md')
    if (!existsSync(readme)) return skip('UNRUN: README.md is not written yet')
    const tree = [...read(readme).matchAll(/^```[^\n]*\n([\s\S]*?)^```/gm)]
      .map((m) => m[1]!)
      .find((block) => /^(?:[│├└─\s]*)src\//m.test(block))
    expect(tree, 'a fenced block with the tree').toBeTruthy()
    const stack: { indent: number; dir: string }[] = [{ indent: -1, dir: '.' }]
    const named: string[] = []
    for (const line of tree!.split('\n')) {
      const match = /^([│├└─\s]*)(\S+)/.exec(line)
      if (!match || match[2] === '…' || match[2] === '...') continue
      const indent = match[1]!.length
      while (stack.at(-1)!.indent >= indent) stack.pop()
      const at = path.posix.join(stack.at(-1)!.dir, match[2]!.replace(/\/$/, ''))
      // `features/<name>/` and `<name>.ts` stand for many.
      if (!/[<*]/.test(at)) named.push(at)
      if (match[2]!.endsWith('/')) stack.push({ indent, dir: at })
    }
    expect(
      named.filter((name) => !existsSync(path.join(root, name))),
      'named but not there',
    ).toEqual([])
    const rooms1 = readdirSync(src, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `src/${name}`)
    expect(
      rooms1.filter((name) => !named.includes(name)),
      'there but not named',
    ).toEqual([])
  })
})
