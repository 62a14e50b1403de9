// npm run bench -- --peers --device gpu: this engine on the GPU, in its file's own format and as NF4, beside
// onnxruntime-web (WebGPU) in the same Chrome on the same adapter, and wllama on the processor beside both.
//
// onnxruntime-web runs a graph of the same shape and width with random weights; wllama the same GGUF. All read a prompt of
// 64 tokens and decode behind it, in turns. Nothing is timed before it has been checked: ours against the processor's
// kernels, onnxruntime-web by its own caches (one token behind eight must give what nine at once give), wllama by whether
// this model would have written its answer.
import { availableParallelism } from 'node:os'
import { deviceWords, median, number } from './bench-numbers.mjs'
import { askOrt, loadOrt, ortBuilds, ortVersion, serveOrt } from './bench-ort.mjs'
import { measureOps } from './bench-ort-ops.mjs'
import { askOurs, judge, loadOurs, storeOurs, textOfLength, tuneOurs, warmDrawing } from './bench-ours.mjs'
import { oneGguf } from './bench-peers.mjs'
import { askWllama, loadWllama, serveWllama, wllamaVersion } from './bench-wllama.mjs'
import { chromeVersion, findChrome } from './chrome.mjs'
import { deviceLoad, openBrowser, openPage } from './drive.mjs'
import { countGpuCalls, perToken } from './gpu-calls.mjs'
import { Problem } from './setup.mjs'

const context = 1024
const promptTokens = 64
const names = ['Mia', 'Tom', 'Anna', 'Ben', 'Lily', 'Max', 'Rosa', 'Paul', 'Ella', 'Leo']
const say = (words) => console.error(words)

/** --builds: comma-separated builds of onnxruntime-web; -f32 leaves its activations in f32 instead of int8. */
export function readBuilds(given) {
  return given.split(',').map((name) => {
    const build = name.replace(/-f32$/, '')
    if (!Object.hasOwn(ortBuilds, build)) {
      throw new Problem(`--builds takes ${Object.keys(ortBuilds).join(', ')}, each also with -f32; not "${name}".`)
    }
    return { name, build, accuracy: name === build ? 4 : 0 }
  })
}

/** What onnx-llama.mjs builds, from what the page says of the loaded model. */
export function shapeOf(info) {
  const { layers: L, hidden: D, heads: H, kvHeads: K, headDim: d, ffn: F, vocab: V } = info
  const shape = { L, D, H, K, d, F, V, C: context }
  const odd = [D, F, H * d].find((width) => width % 32)
  if (odd) {
    throw new Problem(`onnxruntime-web's blocks are of 32 columns, and this model is ${odd} wide: no comparison.`)
  }
  return shape
}

/** Loads on the GPU, checks an answer of it by the processor in the same page, loads on the GPU again. */
async function openOurs(glass, id, { load, force, tokens }) {
  const onGpu = { context, ...deviceLoad({ device: 'gpu', force }), ...load }
  const page = await glass.context.newPage()
  await loadOurs(page, glass.url, id, onGpu)
  const text = await textOfLength(page, promptTokens, 'Once')
  const { text: answer } = await askOurs(page, { text, max: Math.max(tokens, 16) })
  await loadOurs(page, glass.url, id, { context, device: 'cpu', ...load })
  const { tokens: judged, first } = await judge(page, { text, answer })
  const shape = shapeOf(await page.evaluate(() => globalThis.glassbox.client.glass.info()))
  if (first < 0.9 * judged) {
    throw new Problem(
      `The GPU's answer ${JSON.stringify(answer)} is none that the processor gives: ${first} of ${judged} tokens are its first choice. There is no number to tell.`,
    )
  }
  const { info, loadSeconds } = await loadOurs(page, glass.url, id, onGpu)
  await tuneOurs(page)
  await warmDrawing(page, text)
  await page
    .workers()
    .find((one) => one.url().includes('engine'))
    .evaluate(countGpuCalls)
  return { page, info, loadSeconds, shape, answer, judged, first }
}

/** What a decoded token asks of the GPU: of two answers behind one prompt, the difference. */
async function callsPerToken(where, ask) {
  const count = async (max) => {
    const before = await where.evaluate(() => ({ ...globalThis.gpuCalls }))
    await ask(max)
    const after = await where.evaluate(() => ({ ...globalThis.gpuCalls }))
    return Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]))
  }
  await ask(1) // from here on the prompt is in the cache, where there is one that stays
  const [short, long] = [await count(2), await count(4)]
  return perToken(short, long, 2)
}

/** @returns sides by name: ask(text, max) → as askOurs'; `calls` where the GPU computes */
async function openSides(glass, other, options, servers) {
  const sides = {}
  const id = await storeOurs(glass.context, glass.url, options.files)
  const formats = [
    ['ours', {}],
    ['ours, NF4', { linear: 'nf4' }],
  ]
  for (const [name, load] of formats) {
    const ours = await openOurs(glass, id, { load, force: options.force, tokens: options.tokens })
    const worker = ours.page.workers().find((one) => one.url().includes('engine'))
    sides[name] = { ...ours, where: worker, ask: (text, max) => askOurs(ours.page, { text, max }) }
    say(`${name}: ${ours.info.formats.linear}, ${ours.first} of ${ours.judged} tokens are the processor's first choice`)
  }
  const { shape, page } = sides['ours']
  for (const { name, build, accuracy } of options.builds) {
    const server = await serveOrt(shape, accuracy)
    servers.push(server)
    const ort = await glass.context.newPage()
    const about = await loadOrt(ort, server.url, { shape, build })
    await ort.evaluate(countGpuCalls)
    sides[`onnxruntime-web${name === 'default' ? '' : `, ${name}`}`] = {
      ...about,
      where: ort,
      ask: (_, max, prompt = promptTokens) => askOrt(ort, { prompt, max, V: shape.V }),
    }
    say(
      `onnxruntime-web, ${name}: ${shape.V} finite logits, cosine ${number(about.cosine, 6)} between 8 + 1 and 9 tokens`,
    )
  }
  const server = await serveWllama()
  servers.push(server)
  const threads = Math.min(availableParallelism(), 4)
  const about = await loadWllama(other.page, server.url, { file: options.files[0], context, threads })
  const text = await textOfLength(page, promptTokens, 'Once')
  const answer = await askWllama(other.page, { text, max: 16 })
  const { tokens: judged, first } = await judge(page, { text, answer: answer.text })
  if (first < judged / 2) {
    throw new Problem(`wllama's answer is none that this model gives: ${JSON.stringify(answer.text)}`)
  }
  say(`wllama: ${first} of ${judged} tokens are our first choice`)
  sides['wllama'] = { ...about, threads, ask: (words, max) => askWllama(other.page, { text: words, max }) }
  return sides
}

const best = { decodeMs: Math.min, prefillPerSecond: Math.max, firstTokenSeconds: Math.min }

function summary(side, runs) {
  const of = (key) => runs.map((run) => run[key])
  const each = (get) => Object.fromEntries(Object.keys(best).map((key) => [key, get(key)]))
  return {
    loadSeconds: side.loadSeconds,
    formats: side.info?.formats ?? null,
    threads: side.threads ?? null,
    calls: side.calls ?? null,
    values: each((key) => median(of(key))),
    best: each((key) => best[key](...of(key))),
    runs,
  }
}

/** @param options bench's; `files` holds one GGUF, `builds` is readBuilds' */
export async function measureGpuPeers(options) {
  const file = oneGguf(options.files)
  const versions = { ort: ortVersion(), wllama: wllamaVersion() }
  const glass = await openPage({ ...options, device: 'gpu', port: 4650 })
  const other = await openBrowser({ webgpu: false })
  const servers = []
  try {
    await glass.page.close()
    const sides = await openSides(glass, other, { ...options, files: [file] }, servers)
    const { page, info, shape } = sides['ours']
    const order = Object.keys(sides)
    const runs = Object.fromEntries(order.map((name) => [name, []]))
    const own = Object.fromEntries(order.filter((name) => sides[name].info).map((name) => [name, sides[name]]))
    const ops = options.ops ? await measureOps(glass.context, own, shape, options.builds, say) : null
    for (const name of order) {
      const side = sides[name]
      if (side.where) {
        const text = await textOfLength(page, 16, 'Once') // short: what a prompt costs falls away
        side.calls = await callsPerToken(side.where, (max) => side.ask(text, max, 16))
      }
    }
    for (let n = 0; n <= options.repeats; n++) {
      const text = await textOfLength(page, promptTokens, names[n % names.length])
      // each comes first equally often; round 0 warms
      for (const i of order.keys()) {
        const name = order[(i + n) % order.length]
        const run = await sides[name].ask(text, n === 0 ? 2 : options.tokens)
        if (run.reusedTokens) throw new Problem(`${name} kept ${run.reusedTokens} tokens from before.`)
        if (n > 0) runs[name].push(run)
      }
      if (n > 0) {
        say(`round ${n}: ${order.map((name) => `${name} ${number(runs[name].at(-1).decodeMs)} ms`).join(', ')}`)
      }
    }
    return {
      model: file,
      shape,
      versions,
      adapter: glass.adapter,
      device: deviceWords(info),
      chrome: chromeVersion(findChrome()),
      cores: availableParallelism(),
      repeats: options.repeats,
      tokens: options.tokens,
      promptTokens,
      ops,
      sides: Object.fromEntries(order.map((name) => [name, summary(sides[name], runs[name])])),
    }
  } finally {
    await other.browser.close()
    await glass.close()
    for (const server of servers) server.close()
  }
}
