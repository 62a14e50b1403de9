// node scripts/record-lessons.mjs [NAME…] [--try]: records real runs of SmolLM2-135M-Instruct for lessons, into
// public/lessons/traces/. Lessons ask them where that model is not loaded.
//
// NAME is a run of src/features/lessons/data/recorded.ts, or calculator, a step of an agent (calculator.agent.json, as the
// Agent panel saves it); all unless some are named. --try runs and prints, and writes
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

/** One step of an agent with the calculator, held to the form of a turn: its call, and what came of it. */
async function agentStep(vite, engine) {
  const load = (file) => vite.ssrLoadModule(`/src/${file}.ts`)
  const { advance, begin, pending } = await load('agent/machine')
  const { messagesOf } = await load('agent/prompt')
  const { toFile } = await load('store/agent/file')
  const { writeTurn } = await load('store/agent/write')
  const { call, toolNamed } = await load('tools/index')
  const settings = { grammar: 'react', tools: ['calculator'], held: true, steps: 1, turnTokens: 96 }
  Object.assign(settings, { temperature: 0, seed: 0, memory: 'whole' })
  const signal = new AbortController().signal
  const tools = settings.tools.map(toolNamed)
  let run = begin('What is 47 times 89? Use the calculator.', settings.grammar, {
    steps: settings.steps,
    tokens: Infinity,
  })
  const messages = messagesOf(run, { tools, lang: 'en', before: [] })
  const written = await writeTurn(engine, messages, { ...settings, tools, maxTokens: 96 }, signal, () => {})
  run = advance(run, { type: 'wrote', said: written.said })
  run = advance(run, { type: 'decided', how: 'once' })
  const { name, args } = pending(run)
  const { text, failed } = await call(name, args, settings.tools, { now: new Date(), notes: [] }, signal)
  run = advance(run, { type: 'observed', text, failed })
  const begun = { settings, lang: 'en', before: [], model: { id: '', name: 'SmolLM2-135M-Instruct' }, demo: false }
  return { text: `${args} -> ${text}`, file: toFile({ run, begun, runs: [written.run] }) }
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
  const names = [...Object.keys(recorded), 'calculator']
  const unknown = positionals.find((name) => !names.includes(name))
  if (unknown) throw new Problem(`There is no run "${unknown}": ${names.join(', ')}.`)
  const engine = await loadEngine(
    { ...diskModel(model), name: 'SmolLM2-135M-Instruct' },
    { device: 'cpu', threads: 1, context: 512, selfCheck: false },
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
  if (positionals.length === 0 || positionals.includes('calculator')) {
    const { text, file } = await agentStep(vite, engine)
    if (!values.try) writeFileSync(path.join(out, 'calculator.agent.json'), file)
    console.log(`calculator  ${text}  ${(file.length / 1e3).toFixed(0)} kB`)
  }
  process.exit(0) // a closing vite server may wait
})
