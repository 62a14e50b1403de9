// node scripts/record-lessons.mjs [NAME…] [--try]: records real runs of SmolLM2-135M-Instruct for lessons, into
// public/lessons/traces/. Lessons ask them where that model is not loaded.
//
// NAME is a run of src/features/lessons/data/recorded.ts; all unless some are named. --try runs and prints, and writes
// nothing. The model comes by `npm run model smollm2`; it runs on the processor, the likeliest token each time, so the same
// weights give the same run. A recording is kept small: tokens with their candidates, lens, what is known of every head, and
// the attention of the layers whose heads look back at earlier copies most.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readOptions } from './options.mjs'
import { ensureInstall, ensureNode, main, Problem, root } from './setup.mjs'
import { openSources } from './sources.mjs'

const model = path.join(root, 'models', 'smollm2')
const out = path.join(root, 'public', 'lessons', 'traces')
const most = 1e6
const layersKept = 3

/** Layers whose heads continue what stood behind an earlier copy, or look one back, most. */
async function lookingBack(glass, count) {
  const { layers, heads } = await glass.info()
  const { induction, previous } = await glass.headStats()
  const strength = (layer) =>
    Math.max(
      ...Array.from({ length: heads }, (_, h) => induction[layer * heads + h] + 0.5 * previous[layer * heads + h]),
    )
  return Array.from({ length: layers }, (_, layer) => layer)
    .sort((a, b) => strength(b) - strength(a))
    .slice(0, count)
    .sort((a, b) => a - b)
}

main(async () => {
  ensureNode()
  const { values, positionals } = readOptions(import.meta.url, {
    allowPositionals: true,
    options: { try: { type: 'boolean', default: false } },
  })
  ensureInstall()
  if (!existsSync(model)) throw new Problem('models/smollm2 is not there: npm run model smollm2 brings it.')
  const vite = await openSources()
  const { recorded } = await vite.ssrLoadModule('/src/features/lessons/data/recorded.ts')
  const { loadEngine } = await vite.ssrLoadModule('/src/engine/index.ts')
  const { diskModel } = await vite.ssrLoadModule('/src/engine/testing/disk.ts')
  const { record } = await vite.ssrLoadModule('/src/engine/glass/recording.ts')
  const unknown = positionals.find((name) => !Object.hasOwn(recorded, name))
  if (unknown) throw new Problem(`There is no run "${unknown}": ${Object.keys(recorded).join(', ')}.`)
  const engine = await loadEngine(
    { ...diskModel(model), name: 'SmolLM2-135M-Instruct' },
    { device: 'cpu', threads: 1, context: 256, selfCheck: false },
  )
  const glass = await engine.glass()
  if (!values.try) mkdirSync(out, { recursive: true })
  for (const [name, { text, write }] of Object.entries(recorded)) {
    if (positionals.length && !positionals.includes(name)) continue
    const options = { temperature: 0, repetitionPenalty: 1, speculation: 'off', maxTokens: write + 1 }
    // the last token that is drawn is never read: one more than the lesson asks for
    for await (const event of engine.generate(text, options)) void event
    const tokens = await glass.tokens()
    const written = tokens.filter(({ generated }) => generated).map((token) => token.text)
    let size = ''
    for (let count = layersKept; !values.try && size === ''; count--) {
      if (count < 0) throw new Problem(`${name} takes more than ${most} bytes.`)
      const attention = await lookingBack(glass, count)
      const bytes = await record(glass, undefined, { attention })
      if (bytes.length > most) continue
      writeFileSync(path.join(out, `${name}.glasstrace`), bytes)
      size = `  layers ${attention.join(', ')}  ${(bytes.length / 1e3).toFixed(0)} kB`
    }
    console.log(`${name}  ${tokens.length} tokens  ${JSON.stringify(written.join(''))}${size}`)
  }
  process.exit(0) // a closing vite server may wait
})
