// wllama (llama.cpp as WebAssembly) in an isolated page of its own, driven as bench-ours.mjs drives the built page.
// The package is installed apart (scripts/peers/); its page may run WebAssembly, which ours must not.
import { peerVersion, servePeer } from './peer-page.mjs'
import { Problem } from './setup.mjs'

export const wllamaVersion = () => peerVersion('@wllama/wllama')
export const serveWllama = () => servePeer('@wllama/wllama/esm')

/**
 * Loads the GGUF without a GPU.
 * @returns what it says of itself, to be checked: threads, its llama.cpp
 */
export async function loadWllama(page, url, { file, context, threads }) {
  await page.goto(url)
  await page.evaluate(() => {
    const input = document.createElement('input')
    input.type = 'file'
    input.id = 'model'
    document.body.append(input)
  })
  await page.locator('#model').setInputFiles(file)
  const about = await page.evaluate(
    async ({ n_ctx, n_threads }) => {
      const { Wllama } = await import('/index.js')
      const start = performance.now()
      const wllama = new Wllama({ default: '/wasm/wllama.wasm' }, { suppressNativeLog: true })
      globalThis.wllama = wllama
      // one answer at a time, as our page has it; what else it does is its own default
      await wllama.loadModel([document.querySelector('#model').files[0]], {
        n_ctx,
        n_threads,
        n_parallel: 1,
        n_gpu_layers: 0,
      })
      return {
        isolated: crossOriginIsolated,
        threads: wllama.getNumThreads(),
        llama: Wllama.getLibllamaVersion(),
        loadSeconds: (performance.now() - start) / 1000,
      }
    },
    { n_ctx: context, n_threads: threads },
  )
  if (!about.isolated || about.threads !== threads) {
    throw new Problem(`wllama runs ${about.threads} threads where ${threads} were asked for: it cannot be compared.`)
  }
  return about
}

/** One greedy answer of exactly `max` tokens; see askOurs. Prefill is by its own clock, the rest by the page's. */
export async function askWllama(page, { text, max }) {
  const answer = await page.evaluate(
    async (given) => {
      const start = performance.now()
      const stamps = []
      let last = null
      let written = ''
      for await (const chunk of await globalThis.wllama.createCompletion({ ...given, stream: true })) {
        if (!chunk.timings) stamps.push(performance.now() - start)
        written += chunk.choices[0]?.text ?? ''
        last = chunk
      }
      return { stamps, written, timings: last?.timings ?? null }
    },
    { prompt: text, max_tokens: max, temperature: 0, ignore_eos: true, cache_prompt: false },
  )
  const { stamps, written, timings } = answer
  if (!timings || stamps.length === 0) throw new Problem('wllama wrote nothing: there is no number to tell.')
  return {
    promptTokens: timings.prompt_n,
    reusedTokens: timings.cache_n,
    tokens: timings.predicted_n,
    firstTokenSeconds: stamps[0] / 1000,
    decodeMs: (stamps.at(-1) - stamps[0]) / (timings.predicted_n - 1),
    prefillPerSecond: timings.prompt_per_second,
    text: written,
  }
}
