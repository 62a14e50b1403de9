// node scripts/record.mjs: records two real runs of the embedded model, one English and one Chinese, into
// public/traces/. The page opens them where there is no WebGPU. Run it again whenever the weights change.
//
// The GPU is dawn.node on Chrome's software driver; the answer is greedy, so the same weights give the same run.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readOptions } from './options.mjs'
import { ensureInstall, ensureNode, main, Problem, root } from './setup.mjs'
import { openSources } from './sources.mjs'

const folder = path.join(root, 'public', 'models', 'storyteller')
const out = path.join(root, 'public', 'traces')
const most = 1.5e6

/**
 * Shortest first; a question that the story answers before any other: its attention shows where the answer was found.
 */
const choices = (examples, lang) =>
  examples
    .filter((example) => example.lang === lang)
    .sort((a, b) => Number(Boolean(b.answer)) - Number(Boolean(a.answer)) || a.text.length - b.text.length)
    .slice(0, 4)

main(async () => {
  ensureNode()
  readOptions(import.meta.url)
  ensureInstall()
  const vite = await openSources()
  const { nodeGpu } = await vite.ssrLoadModule('/src/engine/testing/gpu.ts')
  const { loadEngine, bytesSource } = await vite.ssrLoadModule('/src/engine/index.ts')
  const { record, openRecording } = await vite.ssrLoadModule('/src/engine/glass/recording.ts')
  const gpu = await nodeGpu()
  if (!gpu) throw new Problem('No GPU in Node: install Chrome or Chromium, or set CHROME_PATH.')
  const files = new Map(
    readdirSync(folder)
      .filter((name) => statSync(path.join(folder, name)).isFile() && !name.endsWith('.md'))
      .map((name) => [name, bytesSource(name, readFileSync(path.join(folder, name)))]),
  )
  const engine = await loadEngine({ name: 'storyteller', files }, { gpu, context: 256, selfCheck: false })
  const examples = JSON.parse(readFileSync(path.join(folder, 'examples.json'), 'utf8'))
  const glass = await engine.glass()
  mkdirSync(out, { recursive: true })
  for (const lang of ['en', 'zh']) {
    const run = async (example) => {
      const prompt = engine.info.hasChatTemplate ? [{ role: 'user', content: example.text }] : example.text
      let answer = ''
      for await (const event of engine.generate(prompt, { temperature: 0, maxTokens: example.answer ? 24 : 48 })) {
        if (event.type === 'token') answer += event.text
      }
      return answer.trim()
    }
    const list = choices(examples, lang)
    if (!list.length) throw new Problem(`examples.json holds no example in "${lang}".`)
    let example, answer
    for (example of list) {
      answer = await run(example)
      if (!example.answer || answer === example.answer) break
    }
    // none was answered rightly: the shortest is as true as any other
    if (example.answer && answer !== example.answer) answer = await run((example = list[0]))
    const bytes = await record(glass)
    const info = await (await openRecording(new Blob([bytes]))).info()
    if (bytes.length > most) {
      throw new Problem(
        `The ${lang} recording is ${(bytes.length / 1e6).toFixed(2)} MB: more than ${most / 1e6} MB may not ship. Take a shorter example.`,
      )
    }
    writeFileSync(path.join(out, `${lang}.glasstrace`), bytes)
    console.log(
      `${lang}  ${info.length} tokens  ${(bytes.length / 1e6).toFixed(2)} MB  "${example.title}" → ${JSON.stringify(answer)}`,
    )
  }
  // Devices of dawn.node keep the process alive, and closing the server may wait for them.
  process.exit(0)
})
