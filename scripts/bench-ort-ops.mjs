// npm run bench -- --peers --device gpu --ops: single ops of the model's shape, onnxruntime-web's beside ours, for one
// token behind 512 and for a prompt of 64. Ours are timed alone, many times in one submit; theirs by the difference of a
// graph with many of an op and one with a single one.
import { ortBuilds } from './bench-ort.mjs'
import { number } from './bench-numbers.mjs'
import { onnxOp, opsOf } from './onnx-op.mjs'
import { servePeer } from './peer-page.mjs'
import { Problem } from './setup.mjs'

/** enough of each that many of them can be told from one */
const copies = { matmul: 9, attention: 9, norm: 65 }
const ROUNDS = 4

/** Milliseconds of one run, the fastest of some, with a graph of so many copies; outputs are checked once. */
async function timeGraph(context, op, count, build) {
  const { bytes, inputs, outputs } = onnxOp(op, count)
  const server = await servePeer('onnxruntime-web/dist', { 'model.onnx': bytes })
  const page = await context.newPage()
  try {
    await page.goto(server.url)
    const { ms, isFinite } = await page.evaluate(
      async ([file, into, out, rounds, total]) => {
        const ort = await import(/* @vite-ignore */ `/${file}`)
        ort.env.wasm.numThreads = 1
        ort.env.logLevel = 'error'
        const session = await ort.InferenceSession.create('/model.onnx', {
          executionProviders: ['webgpu'],
          preferredOutputLocation: Object.fromEntries(out.map(({ name }) => [name, 'gpu-buffer'])),
          logSeverityLevel: 3,
        })
        const device = await ort.env.webgpu.device
        const sizeOf = ({ shape }) => shape.reduce((product, n) => product * n, 1)
        const feeds = {}
        const fetches = Object.fromEntries(out.map(({ name }) => [name, null]))
        for (const one of into) {
          const { name, type, shape } = one
          if (name.startsWith('past.')) {
            const buffer = device.createBuffer({ size: sizeOf(one) * 4, usage: 128 | 8 | 4 })
            feeds[name] = ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: shape })
            fetches[name.replace('past.', 'present.')] = feeds[name] // appended to where it is
          } else if (type === 'i32') {
            feeds[name] = new ort.Tensor('int32', Int32Array.of(name === 'seqlens_k' ? total - 1 : total), [1])
          } else {
            const values = Float32Array.from({ length: sizeOf(one) }, (_, i) => Math.sin(i))
            feeds[name] = new ort.Tensor('float32', values, shape)
          }
        }
        const run = async () => {
          const start = performance.now()
          const results = await session.run(feeds, fetches)
          await device.queue.onSubmittedWorkDone()
          const took = performance.now() - start
          return { results, took }
        }
        const free = (results) => {
          for (const { name } of out) if (name.startsWith('y') || name.startsWith('sum')) results[name].dispose()
        }
        const { results } = await run() // compiles
        const values = await results['y0'].getData()
        const isSound = values.every(Number.isFinite) && values.some((value) => value !== 0)
        free(results)
        let best = Infinity
        for (let n = 0; n < rounds; n++) {
          const again = await run()
          free(again.results)
          best = Math.min(best, again.took)
        }
        return { ms: best, isFinite: isSound }
      },
      [ortBuilds[build], inputs, outputs, ROUNDS, op.total ?? 0],
    )
    if (!isFinite) throw new Problem(`onnxruntime-web's ${op.name} gives no numbers: there is no time to tell.`)
    return ms
  } finally {
    await page.close()
    server.close()
  }
}

/** Of our kernels, what does the same as an op: microseconds, or null where one of them is not there. */
export function oursOf(op, times) {
  let sum = 0
  for (const { op: name, shape } of op.ours) {
    const found = times.find((one) => one.op === name && (!shape || String(one.shape) === String(shape)))
    if (!found) return null
    sum += found.microseconds
  }
  return sum
}

/**
 * @param sides ours by name: pages of loaded models @param builds as readBuilds gives them; the first is compared
 * @returns [{ rows, name, ort, ours: { name: microseconds } }]
 */
export async function measureOps(context, sides, shape, [{ build, accuracy }], say) {
  const measured = []
  for (const [asked, length] of [
    [1, 512],
    [64, 0],
  ]) {
    const times = {}
    let rows = asked // as many as are read at once here: fewer on a slow adapter
    for (const [name, { page }] of Object.entries(sides)) {
      const ours = await page.evaluate(([T, at]) => globalThis.glassbox.client.bench.kernels(T, at), [rows, length])
      times[name] = ours.times
      rows = ours.rows
    }
    for (const op of opsOf(shape, rows, length, accuracy)) {
      const count = copies[op.kind]
      const [many, few] = [await timeGraph(context, op, count, build), await timeGraph(context, op, 1, build)]
      // on a busy machine one may take as long as many: then it cannot be told
      const ort = many > few ? (1000 * (many - few)) / (count - 1) : null
      const ours = Object.fromEntries(Object.keys(sides).map((name) => [name, oursOf(op, times[name])]))
      measured.push({ rows, name: op.name, ort, ours })
      say(`${op.name}, ${rows}: ${number(ort, 0)} µs there`)
    }
  }
  return measured
}

export function printOps(measured) {
  const names = Object.keys(measured[0].ours)
  const line = (first, cells) => console.log(`${first.padEnd(30)}${cells.map((cell) => cell.padStart(26)).join('')}`)
  line('one op, µs', ['onnxruntime-web', ...names])
  for (const { rows, name, ort, ours } of measured) {
    line(`${name}, ${rows === 1 ? 'one token' : `${rows} tokens`}`, [
      number(ort, 0),
      ...names.map((own) =>
        ours[own] === null
          ? '–'
          : `${number(ours[own], 0)}${ort === null ? '' : ` (${number(ort / ours[own], 2)} x as fast)`}`,
      ),
    ])
  }
}
