// npm run bench, what it does unless told otherwise: loads and answers, measured inside the page.
import { median, number } from './bench-numbers.mjs'
import { deviceLoad } from './drive.mjs'

/** One load and one answer. */
async function round({ page, heaps, id, tokens, load }, number) {
  await page.evaluate(() => glassbox.client.unload())
  await heaps.collect()
  const idle = await heaps.now()
  const { value: loadSeconds, peak } = await heaps.peakDuring(() =>
    page.evaluate(
      async ([model, options]) => {
        const start = performance.now()
        globalThis.benchInfo = await glassbox.client.load(model, options)
        return (performance.now() - start) / 1000
      },
      [id, load],
    ),
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
      const answer = async (question) => {
        const input = globalThis.benchInfo.hasChatTemplate ? [{ role: 'user', content: question }] : question
        let stats = null
        for await (const event of glassbox.client.generate(input, { maxTokens: max, temperature: 0 })) {
          if (event.type === 'token') first ??= (performance.now() - start) / 1000
          if (event.type === 'done') stats = event.stats
        }
        return stats
      }
      // a long question says how fast is read, a long answer how fast is written
      const read = await answer(text)
      const written = await answer('Tell me a story.')
      watch.disconnect()
      return { first, read, written, longest: Math.max(0, ...long) }
    },
    { max: tokens, n: number },
  )
  const { first, read, written, longest } = answer
  return {
    loadSeconds,
    loadHeapBytes: peak - idle,
    firstTokenSeconds: first,
    promptTokens: read.promptTokens,
    generatedTokens: written.generatedTokens,
    prefillPerSecond: read.prefillPerSecond,
    decodePerSecond: written.decodePerSecond,
    dispatchesPerToken: written.dispatchesPerToken,
    submitsPerToken: written.submitsPerToken,
    readBytesPerToken: written.readBytesPerToken,
    longestTaskMs: longest,
  }
}

/**
 * Answers with each number of threads by turns, so that what else the machine does falls on all alike.
 * @param threads numbers of threads; [undefined] leaves it to the engine
 * @returns one { threads, info, values, runs } for each; `values` are the medians
 */
export async function measureAnswers({ page, heaps, id, tokens, repeats, device, force, threads }) {
  const results = threads.map((count) => ({ threads: count, info: null, values: {}, runs: [] }))
  for (let n = 0; n <= repeats; n++) {
    for (const result of results) {
      const load = { ...deviceLoad({ device, force }), ...(result.threads && { threads: result.threads }) }
      const run = await round({ page, heaps, id, tokens, load }, n)
      result.info = await page.evaluate(() => globalThis.benchInfo)
      if (n > 0) result.runs.push(run) // the first warms the shader cache
    }
  }
  for (const result of results) {
    result.threads = result.info.device?.threads ?? null
    for (const key of Object.keys(result.runs[0])) result.values[key] = median(result.runs.map((run) => run[key]))
  }
  return results
}

/** Rows of [name, value] for one result of measureAnswers. */
export const answerRows = ({ values: v }) => [
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
]
