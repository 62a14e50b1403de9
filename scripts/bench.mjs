// npm run bench: how fast the built page is, measured in a headless Chrome where people use it.
//
//   npm run bench -- [--model ID|FILE|DIR] [--tokens N] [--repeats N] [--glass] [--json] [--software]
//
// Medians over the repeats (--repeats, default 3), after one warm-up, of answers of --tokens tokens (default 64).
// --model is a model of the page (default: storyteller), a folder of models/, a file or a folder. --json prints every
// number. --software does not look for a real GPU. --glass measures what looking inside costs instead.
// Prompts differ in their first word, so no keys and values are reused. A software adapter is fit for comparing two
// versions of the code on one machine, not for telling how fast a model is.
import path from 'node:path'
import { glassTable, measureGlass } from './bench-glass.mjs'
import { chromeVersion, findChrome } from './chrome.mjs'
import { modelFiles, openPage, waitReady } from './drive.mjs'
import { watchHeaps } from './heap.mjs'
import { readOptions, wholeNumber } from './options.mjs'
import { main, Problem } from './setup.mjs'
import { firstLoad } from './size.mjs'

function read() {
  const { values } = readOptions(import.meta.url, {
    options: {
      model: { type: 'string', default: 'storyteller' },
      tokens: { type: 'string', default: '64' },
      repeats: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      glass: { type: 'boolean', default: false },
      software: { type: 'boolean', default: false },
    },
  })
  return {
    ...values,
    tokens: wholeNumber(values, 'tokens'),
    repeats: wholeNumber(values, 'repeats'),
    files: modelFiles(values.model),
  }
}

const median = (values) => {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  return sorted.length ? (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2 : null
}

/** The id of the model in the page's store; files are imported first. */
async function store(page, { model, files }) {
  if (!files) {
    const ids = await page.evaluate(() =>
      glassbox.client.models.list().then((list) => list.filter(({ complete }) => complete).map(({ id }) => id)),
    )
    if (!ids.includes(model)) {
      throw new Problem(
        `The page has no stored model "${model}"; it has ${ids.join(', ') || 'none'}. Give a file or a folder to import one.`,
      )
    }
    return { id: model, importSeconds: null }
  }
  await page.evaluate(() => {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    input.id = 'bench-files'
    document.body.append(input)
  })
  await page.locator('#bench-files').setInputFiles(files)
  return page.evaluate(async () => {
    const start = performance.now()
    const { id } = await glassbox.client.models.import([...document.querySelector('#bench-files').files])
    return { id, importSeconds: (performance.now() - start) / 1000 }
  })
}

/** One load and one answer, measured inside the page. */
async function round(page, heaps, id, tokens, number) {
  await page.evaluate(() => glassbox.client.unload())
  await heaps.collect()
  const idle = await heaps.now()
  const { value: loadSeconds, peak } = await heaps.peakDuring(() =>
    page.evaluate(async (model) => {
      const start = performance.now()
      globalThis.benchInfo = await glassbox.client.load(model)
      return (performance.now() - start) / 1000
    }, id),
  )
  const answer = await page.evaluate(
    async ({ max, n }) => {
      const text =
        `${n}. ` +
        'Mia found a red box in the garden. Tom saw a blue ball under the bed. '.repeat(8) +
        'Where is the red box?'
      const long = []
      const watch = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) long.push(duration)
      })
      watch.observe({ type: 'longtask' })
      const start = performance.now()
      let first = null
      let stats = null
      const input = globalThis.benchInfo.hasChatTemplate ? [{ role: 'user', content: text }] : text
      for await (const event of glassbox.client.generate(input, { maxTokens: max, temperature: 0 })) {
        if (event.type === 'token') first ??= (performance.now() - start) / 1000
        if (event.type === 'done') stats = event.stats
      }
      watch.disconnect()
      return { first, stats, longest: Math.max(0, ...long) }
    },
    { max: tokens, n: number },
  )
  const { first, stats, longest } = answer
  return {
    loadSeconds,
    loadHeapBytes: peak - idle,
    firstTokenSeconds: first,
    promptTokens: stats.promptTokens,
    generatedTokens: stats.generatedTokens,
    prefillPerSecond: stats.prefillPerSecond,
    decodePerSecond: stats.decodePerSecond,
    dispatchesPerToken: stats.dispatchesPerToken,
    submitsPerToken: stats.submitsPerToken,
    readBytesPerToken: stats.readBytesPerToken,
    longestTaskMs: longest,
  }
}

function table(result) {
  const { values: v } = result
  const number = (value, digits = 1) =>
    value === null ? '–' : value.toLocaleString('en-US', { maximumFractionDigits: digits })
  const rows = [
    [
      'model',
      `${result.model}: ${result.family}, ${number(result.parameters / 1e6)} M parameters, ${result.formats}, ${number(result.weightBytes / 2 ** 20)} MiB of weights`,
    ],
    ['machine', `${result.adapter}, ${result.chrome}`],
    [
      'page open → ready',
      `${number(result.openSeconds, 2)} s (first visit, ${result.embedded ? 'this' : 'the embedded'} model)`,
    ],
    ...(result.importSeconds === null ? [] : [['import into storage', `${number(result.importSeconds, 2)} s`]]),
    ['load from storage', `${number(v.loadSeconds, 2)} s`],
    ['heap over idle in load', `${number(v.loadHeapBytes / 2 ** 20)} MiB`],
    ['time to first token', `${number(v.firstTokenSeconds, 3)} s (${number(v.promptTokens, 0)} prompt tokens)`],
    ['prefill', `${number(v.prefillPerSecond)} tokens/s`],
    ['decode', `${number(v.decodePerSecond)} tokens/s (${number(v.generatedTokens, 0)} tokens)`],
    [
      'per token',
      `${number(v.dispatchesPerToken)} dispatches, ${number(v.submitsPerToken, 2)} submits, ${number(v.readBytesPerToken, 0)} bytes read back`,
    ],
    ['longest task of the page', v.longestTaskMs ? `${number(v.longestTaskMs, 0)} ms` : 'under 50 ms'],
    ['first-load JavaScript', `${number(result.firstLoadBytes / 1024)} kB gzip`],
  ]
  for (const [name, value] of rows) console.log(`${name.padEnd(26)}${value}`)
}

main(async () => {
  const options = read()
  const glass = await openPage(options)
  const { page, context } = glass
  try {
    const heaps = await watchHeaps(context, page)
    const start = Date.now()
    await page.goto(`${glass.url}?lang=en#/chat`)
    await waitReady(page, 300_000)
    const openSeconds = (Date.now() - start) / 1000
    const { id, importSeconds } = await store(page, options)
    if (options.glass) {
      await page.close()
      const result = {
        model: id,
        adapter: glass.adapter,
        chrome: chromeVersion(findChrome()),
        ...(await measureGlass(glass, { ...options, model: id })),
      }
      if (options.json) console.log(JSON.stringify(result, null, 2))
      else glassTable(result)
      return
    }
    const runs = []
    for (let n = 0; n <= options.repeats; n++) {
      const run = await round(page, heaps, id, options.tokens, n)
      if (n > 0) runs.push(run) // the first warms the shader cache
    }
    const info = await page.evaluate(() => globalThis.benchInfo)
    const values = Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]))
    const result = {
      model: options.files ? path.basename(options.model) : id,
      embedded: id === 'storyteller',
      family: info.family,
      parameters: info.parameters,
      formats: info.formats.linear,
      weightBytes: info.bytes.weights,
      adapter: glass.adapter,
      chrome: chromeVersion(findChrome()),
      repeats: options.repeats,
      openSeconds,
      importSeconds,
      firstLoadBytes: firstLoad().bytes,
      values,
      runs,
    }
    if (options.json) console.log(JSON.stringify(result, null, 2))
    else table(result)
  } finally {
    await glass.close()
  }
})
