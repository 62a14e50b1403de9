// npm run bench -- --counts: what one decoded token asks of the GPU, counted and not timed, so that any machine tells it.
//
// The calls of WebGPU are counted in the page's own worker (gpu-calls.mjs), over two greedy answers of different lengths
// behind the same text: their difference is what tokens cost. Beside the model that was asked for stand three small ones
// of other shapes: those of the repository's golden models, made as wide as the kernels of real ones ask for, which read 32
// columns at a time.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { countGpuCalls, perToken } from './gpu-calls.mjs'
import { number } from './bench-numbers.mjs'
import { chromeVersion, findChrome } from './chrome.mjs'
import { deviceLoad, openPage, storeModel, waitReady } from './drive.mjs'
import { Problem, root } from './setup.mjs'

/** tokens of the text that is decoded behind, where the model's context goes so far */
const contextAt = 512
/** lengths of the two answers */
const lengths = { short: 8, long: 24 }

/** `widths`: what becomes of the golden model's own */
const shapes = [
  { name: 'ALiBi, LayerNorm, biases (bloom)', golden: 'bloom_h4_1', widths: { 48: 64, 144: 192, 192: 256 } },
  { name: 'one key head, part of each head turned (phi)', golden: 'phi_odd', widths: { 36: 96, 12: 32, 44: 128 } },
  { name: 'q and k normed by head (qwen3)', golden: 'qwen3', widths: { 48: 96 } },
]

/** A model of numbers alone gets a tokenizer whose words are they. @param words how many */
export const tokenizerOfNumbers = (words) => ({
  version: '1.0',
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  model: {
    type: 'BPE',
    vocab: Object.fromEntries(Array.from({ length: words }, (_, id) => [`t${id}`, id])),
    merges: [],
  },
})

/** A file of safetensors like this one with other widths, and numbers that are none of a model's. @param file its bytes */
function widened(file, widths) {
  const headerLength = Number(file.readBigUInt64LE(0))
  const { __metadata__: _, ...tensors } = JSON.parse(file.toString('utf8', 8, 8 + headerLength))
  let count = 0
  for (const tensor of Object.values(tensors)) {
    const from = 4 * count
    tensor.dtype = 'F32'
    tensor.shape = tensor.shape.map((width) => widths[width] ?? width)
    count += tensor.shape.reduce((product, width) => product * width, 1)
    tensor.data_offsets = [from, 4 * count]
  }
  const header = Buffer.from(JSON.stringify(tensors))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([
    length,
    header,
    Buffer.from(Float32Array.from({ length: count }, (_, i) => Math.sin(i) / 8).buffer),
  ])
}

/** What the page is given: a config, a tokenizer of numbers, weights. */
function filesOf({ golden, widths }) {
  const folder = path.join(root, 'fixtures', 'golden', golden)
  const config = JSON.parse(readFileSync(path.join(folder, 'config.json')))
  for (const name of ['hidden_size', 'intermediate_size']) {
    if (name in config) config[name] = widths[config[name]] ?? config[name]
  }
  const json = (name, value) => ({ name, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(value)) })
  return [
    json('config.json', config),
    json('tokenizer.json', tokenizerOfNumbers(config.vocab_size)),
    {
      name: 'model.safetensors',
      mimeType: 'application/octet-stream',
      buffer: widened(readFileSync(path.join(folder, 'model.safetensors')), widths),
    },
  ]
}

/** What a reader asks for while tokens come: the page 20 best of every token. Each goes on from the one before it: a glass that was opened stays open. */
const looks = [
  { name: 'sampling only', top: 0 },
  { name: '20 best of every token', top: 20 },
  { name: '64 best, more than a device lists', top: 64 },
  { name: '20 best, and activations', top: 20, glass: true },
]
/** How the plan is run; the last is what the page itself does. */
const ways = [
  { name: 'plain', load: { fusion: 'none' } },
  { name: 'every fusion', load: { fusion: 'all' } },
  { name: 'as chosen here', load: { fusion: 'auto' } },
]

async function load(page, id, options) {
  const worker = () => page.workers().find((one) => one.url().includes('engine'))
  const info = await page.evaluate(
    async ([model, asked]) => {
      const { client } = globalThis.glassbox
      const { context: most } = await client.plan(model, {})
      const loaded = await client.load(model, { context: Math.min(most, 1024), ...asked })
      const facts = await client.tokenizer.facts('loaded')
      const ends = [...facts.eos, ...facts.added.filter((one) => one.special).map((one) => one.id)]
      globalThis.never = Object.fromEntries(ends.map((end) => [end, -1e4]))
      return loaded
    },
    [id, options],
  )
  await worker().evaluate(countGpuCalls)
  return { info, worker: worker() }
}

/** One answer, and what was counted from its first token on: the text before it is in the cache. */
async function answer({ page, worker }, { at, tokens, top, V }) {
  const before = await worker.evaluate(() => ({ ...globalThis.gpuCalls }))
  const stats = await page.evaluate(
    async ([length, maxTokens, best, words]) => {
      const ids = Array.from({ length }, (_, i) => 5 + ((i * 7) % (words - 5)))
      for await (const event of globalThis.glassbox.client.generate(
        { ids },
        // a guess that is right would save a forward: what is counted is a token that is computed
        { maxTokens, temperature: 0, top: best, logitBias: globalThis.never, speculation: 'off' },
      )) {
        if (event.type === 'done') return event.stats
      }
    },
    [at, tokens, top, V],
  )
  if (stats.generatedTokens !== tokens) {
    throw new Problem(`An answer ended after ${stats.generatedTokens} tokens of ${tokens}: nothing to count.`)
  }
  const after = await worker.evaluate(() => ({ ...globalThis.gpuCalls }))
  const counts = Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]))
  return { counts, drawnBy: stats.drawnOnDevice ? 'device' : (stats.drawnByHost ?? 'host') }
}

/** Reads the text, and writes until the kernels that draw tokens are ready, where there are any. */
async function warmUp(where, asked) {
  for (let n = 0; n < 20; n++) {
    const { drawnBy } = await answer(where, { ...asked, tokens: lengths.long })
    if (drawnBy !== 'soon') return
    await where.page.waitForTimeout(1000)
  }
}

async function countModel(glass, { id, name }, { force }) {
  const rows = []
  const about = {}
  for (const way of ways) {
    const page = await glass.context.newPage()
    try {
      await page.goto(`${glass.url}?lang=en#/share/none`)
      const { info, worker } = await load(page, id, { ...deviceLoad({ device: 'gpu', force }), ...way.load })
      const at = Math.min(contextAt, info.context - lengths.long - 1)
      const traffic = await page.evaluate((length) => globalThis.glassbox.client.bench.traffic(length), at)
      Object.assign(about, { family: info.family, layers: info.layers, parameters: info.parameters, at, traffic })
      for (const look of looks) {
        if (look.glass) await page.evaluate(() => globalThis.glassbox.client.glass.info().then(() => null))
        const asked = { at, top: look.top, V: info.vocab }
        await warmUp({ page, worker }, asked)
        const short = await answer({ page, worker }, { ...asked, tokens: lengths.short })
        const long = await answer({ page, worker }, { ...asked, tokens: lengths.long })
        const counts = perToken(short.counts, long.counts, lengths.long - lengths.short)
        rows.push({ way: way.name, look: look.name, drawnBy: long.drawnBy, counts })
      }
    } finally {
      await page.close()
    }
  }
  return { model: name, ...about, rows }
}

/** @param options bench's */
export async function measureCounts(options) {
  const glass = await openPage({ ...options, device: 'gpu' })
  try {
    const { page } = glass
    await page.goto(`${glass.url}?lang=en#/chat`) // stores the models that come with the page
    await waitReady(page, 300_000)
    const models = [{ ...(await storeModel(page, options)), name: path.basename(options.model) }]
    for (const shape of shapes) {
      models.push({ ...(await storeModel(page, { files: filesOf(shape) })), name: shape.name })
    }
    await page.close()
    const measured = []
    for (const model of models) {
      measured.push(await countModel(glass, model, options))
      console.error(`${model.name} …`)
    }
    return { adapter: glass.adapter, chrome: chromeVersion(findChrome()), measured }
  } finally {
    await glass.close()
  }
}

/** What a token moves, in words. @param traffic the engine's, bytes by what they are */
export function movedWords({ weights, cache, activations }) {
  const MiB = (bytes) => `${number(bytes / 2 ** 20, 2)} MiB`
  const needed = weights + cache
  return `moves ${MiB(needed + activations)}: weights ${MiB(weights)}, keys and values ${MiB(cache)}, activations ${MiB(activations)}; ${number((needed + activations) / needed, 3)} x weights, keys and values`
}

const columns = [
  ['dispatches', 'dispatches'],
  ['passes', 'passes'],
  ['submits', 'submits'],
  ['bindGroups', 'bind groups'],
  ['buffers', 'buffers'],
  ['writes', 'writeBuffer'],
  ['readBytes', 'bytes back'],
  ['waits', 'waits'],
]

export function countsTable({ adapter, chrome, measured }) {
  const line = (first, cells) =>
    console.log(`${first.padEnd(42)}${cells.map((cell) => `  ${cell}`.padStart(14)).join('')}`)
  console.log(`per decoded token, ${adapter}, ${chrome}`)
  for (const { model, family, layers, at, traffic, rows } of measured) {
    console.log(`\n${model}: ${family}, ${layers} layers, behind ${at} tokens`)
    console.log(movedWords(traffic))
    line('', [...columns.map(([, name]) => name), 'drawn by'])
    for (const { way, look, drawnBy, counts } of rows) {
      const by = drawnBy === 'device' ? drawnBy : `host: ${drawnBy}`
      line(`${way}, ${look}`, [...columns.map(([key]) => number(counts[key], 2)), by])
    }
  }
}
