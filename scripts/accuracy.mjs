// node scripts/accuracy.mjs: how many of storyteller's held-out questions our runtime answers right.
//
//   node scripts/accuracy.mjs [--model DIR] [--questions FILE] [--count N] [--cpu]
//
// Greedy, in NF4 and int8 as it runs in the page; the whole answer must match. The GPU is
// dawn.node on Chrome's software driver, or the plain references with --cpu.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { readOptions, wholeNumber } from './options.mjs'
import { ensureInstall, ensureNode, main, Problem, root } from './setup.mjs'
import { openSources } from './sources.mjs'

main(async () => {
  ensureNode()
  const { values } = readOptions(import.meta.url, {
    options: {
      model: { type: 'string', default: path.join(root, 'public/models/storyteller') },
      questions: { type: 'string', default: path.join(root, 'fixtures/storyteller/questions.json') },
      count: { type: 'string' },
      cpu: { type: 'boolean', default: false },
    },
  })
  ensureInstall()
  const questions = JSON.parse(readFileSync(values.questions, 'utf8')).slice(
    0,
    wholeNumber(values, 'count', { fallback: undefined }),
  )
  const vite = await openSources()
  const { loadEngine } = await vite.ssrLoadModule('/src/engine/index.ts')
  const { diskModel } = await vite.ssrLoadModule('/src/engine/testing/disk.ts')
  const gpus = await vite.ssrLoadModule('/src/engine/testing/gpu.ts')
  const gpu = values.cpu ? null : await gpus.nodeGpu()
  if (!gpu && !values.cpu) throw new Problem(`No GPU in Node (${gpus.noGpuReason}); --cpu uses the references.`)
  const engine = await loadEngine(diskModel(values.model), gpu ? { gpu } : { cpu: true })

  const groups = new Map()
  const count = (name, right) => {
    const g = groups.get(name) ?? { right: 0, asked: 0 }
    g.asked++
    g.right += right
    groups.set(name, g)
  }
  const started = performance.now()
  for (const [i, { lang, kind, messages, answer }] of questions.entries()) {
    let text = ''
    for await (const event of engine.generate(messages, { temperature: 0, maxTokens: 16 })) {
      if (event.type === 'done') text = event.text
    }
    const right = Number(text === answer)
    for (const name of ['all', lang, kind]) count(name, right)
    if (!right) {
      console.log(`${i}  ${messages.at(-1).content.slice(-50).replaceAll('\n', ' ')}  →  ${text}  (${answer})`)
    }
  }
  for (const [name, { right, asked }] of groups) {
    console.log(`${name.padEnd(8)} ${((100 * right) / asked).toFixed(1).padStart(5)} %  ${right} of ${asked}`)
  }
  console.log(`${((performance.now() - started) / 1000 / questions.length).toFixed(2)} s per question`)
  process.exit(0)
})
