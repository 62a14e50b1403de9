// onnxruntime-web in an isolated page of its own: a graph of the same shape with random weights (onnx-llama.mjs), its
// caches kept on the GPU and appended to in place, as its fastest users do. The package is installed apart (scripts/peers/).
import { peerVersion, servePeer } from './peer-page.mjs'
import { onnxLlama } from './onnx-llama.mjs'
import { Problem } from './setup.mjs'

export const ortVersion = () => peerVersion('onnxruntime-web')

/** Its builds that run WebGPU: what a bundler takes, the one that suspends the stack, and the older kernels in TypeScript. */
export const ortBuilds = { default: 'ort.webgpu.min.mjs', jspi: 'ort.jspi.min.mjs', jsep: 'ort.all.min.mjs' }

export const serveOrt = (shape, accuracy) =>
  servePeer('onnxruntime-web/dist', { 'model.onnx': onnxLlama(shape, accuracy) })

/**
 * Opens the model and checks that it computes: one token behind n must give what n + 1 at once give, else its caches are
 * not what is timed.
 * @param shape as onnxLlama's
 */
export async function loadOrt(page, url, { shape, build = 'default' }) {
  await page.goto(url)
  const about = await page.evaluate(
    async ([file, { L, K, d, V, C }]) => {
      const ort = await import(/* @vite-ignore */ `/${file}`)
      ort.env.wasm.numThreads = 1
      ort.env.logLevel = 'error'
      const start = performance.now()
      const names = Array.from({ length: L }, (_, i) => [`${i}.key`, `${i}.value`]).flat()
      const session = await ort.InferenceSession.create('/model.onnx', {
        executionProviders: ['webgpu'],
        preferredOutputLocation: Object.fromEntries(names.map((name) => [`present.${name}`, 'gpu-buffer'])),
        logSeverityLevel: 3,
      })
      const device = await ort.env.webgpu.device
      const dims = [1, K, C, d]
      const caches = names.map((name) => {
        const buffer = device.createBuffer({ size: K * C * d * 4, usage: 128 | 8 | 4 }) // storage, copied to and from
        return [name, ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims })]
      })
      const past = Object.fromEntries(caches.map(([name, tensor]) => [`past_key_values.${name}`, tensor]))
      const present = Object.fromEntries(caches.map(([name, tensor]) => [`present.${name}`, tensor]))
      /** logits of the last of `ids`, which stand behind `length` others */
      const run = async (ids, length) => {
        const total = length + ids.length
        const results = await session.run(
          {
            input_ids: new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
            seqlens_k: new ort.Tensor('int32', Int32Array.of(total - 1), [1]),
            total_sequence_length: new ort.Tensor('int32', Int32Array.of(total), [1]),
            ...past,
          },
          { logits: null, ...present },
        )
        return results.logits.data
      }
      globalThis.peer = { run }
      const loadSeconds = (performance.now() - start) / 1000
      const ids = Array.from({ length: 9 }, (_, i) => (i * 37 + 5) % V)
      const whole = Float32Array.from(await run(ids, 0))
      await run(ids.slice(0, 8), 0)
      const stepped = await run(ids.slice(8), 8)
      const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0)
      return {
        isolated: crossOriginIsolated,
        loadSeconds,
        logits: whole.length,
        isFinite: whole.every(Number.isFinite) && stepped.every(Number.isFinite),
        cosine: dot(whole, stepped) / Math.sqrt(dot(whole, whole) * dot(stepped, stepped)),
      }
    },
    [ortBuilds[build], shape],
  )
  if (about.logits !== shape.V || !about.isFinite || !(about.cosine > 0.999)) {
    throw new Problem(
      `onnxruntime-web does not compute this model: ${about.logits} logits of ${shape.V}, ${about.isFinite ? `a cosine of ${about.cosine} between one token behind eight and nine at once` : 'not all finite'}. There is no number to tell.`,
    )
  }
  return about
}

/** Reads `prompt` tokens and decodes `max` more greedily, by the page's clock; see askOurs. */
export async function askOrt(page, { prompt, max, V }) {
  return page.evaluate(
    async ([length, tokens, words]) => {
      const { run } = globalThis.peer
      const best = (logits) => {
        let at = 0
        for (let i = 1; i < logits.length; i++) if (logits[i] > logits[at]) at = i
        return at
      }
      const ids = Array.from({ length }, (_, i) => (i * 7 + 5) % words)
      const start = performance.now()
      let next = best(await run(ids, 0))
      const stamps = [performance.now() - start]
      for (let n = 1; n < tokens; n++) {
        next = best(await run([next], length + n - 1))
        stamps.push(performance.now() - start)
      }
      return {
        promptTokens: length,
        tokens,
        firstTokenSeconds: stamps[0] / 1000,
        decodeMs: tokens > 1 ? (stamps.at(-1) - stamps[0]) / (tokens - 1) : null,
        prefillPerSecond: (1000 * length) / stamps[0],
      }
    },
    [prompt, max, V],
  )
}
