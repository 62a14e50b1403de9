// npm run bench -- --train: what teaching costs beside reading. One row is read by the engine's own forward, the same row by
// training's forward, and then there and back with an update of a LoRA in every linear layer, in turns, for both ways to use
// memory; what a step asks of the device is counted, and on a GPU the bytes of its buffers beside those planned. In Node, on the processor's threads or, with --device gpu, on dawn.node.
import path from 'node:path'
import { median, number } from './bench-numbers.mjs'
import { ensureInstall, Problem, root } from './setup.mjs'
import { openSources } from './sources.mjs'

/** tokens of the row, and how many of them are targets */
const [TOKENS, TARGETS] = [64, 32]
const THREADS = 2

/** Median milliseconds of each, in turns. */
async function inTurns(works, repeats) {
  const times = works.map(() => [])
  for (let round = 0; round <= repeats; round++) {
    for (const [i, work] of works.entries()) {
      const from = performance.now()
      await work()
      if (round > 0) times[i].push(performance.now() - from)
    }
  }
  return times.map(median)
}

async function measureOn(load, options, where) {
  const { openModel, placeModel } = await load('load.ts')
  const { differentiate } = await load('train/differentiate.ts')
  const { freshLora } = await load('train/fresh.ts')
  const { TrainSession, trainingBytes } = await load('train/session.ts')
  const { diskModel } = await load('testing/disk.ts')
  const { files } = options
  const place = !files
    ? path.join(root, 'public/models', options.model)
    : files.length > 1
      ? path.dirname(files[0])
      : files[0]
  const source = diskModel(place)
  const plain = await openModel(source, {})
  const set = { adapters: [{ name: 'a', files: freshLora(plain.plan, 'bench') }], context: 2 * TOKENS, ...where }
  const { runtime, model } = await placeModel(await openModel(source, set), set)
  const { plan } = model
  const inside = runtime.inspection()
  const ids = Array.from({ length: TOKENS }, (_, i) => (i * 37) % plan.dims.V)
  const rows = Array.from({ length: TARGETS }, (_, i) => TOKENS - TARGETS - 1 + i)
  const sequence = { ids, rows, targets: rows.map((row) => ids[row + 1]), by: rows.map(() => 1 / TARGETS) }
  const rates = { lr: 0, beta1: 0.9, beta2: 0.99, eps: 1e-8, decay: 0, clip: 1, step: 1 }
  const learns = new Set(Object.keys(plan.weights).filter((name) => plan.weights[name].role === 'adapter'))
  const read = async () => {
    runtime.truncate(0)
    await runtime.forward(ids, 'last')
  }
  const ways = []
  for (const mode of ['keep', 'checkpoint']) {
    const training = differentiate(plan, learns, TOKENS, { checkpoints: mode === 'checkpoint' })
    const before = inside.gpu?.memory.bytes
    const session = await TrainSession.create(inside, training, TOKENS)
    // of the first way only: the second one's tensors are the first's where they fit
    const taken = mode === 'keep' && before !== undefined ? inside.gpu.memory.bytes - before : null
    const there = async () => {
      session.look(sequence)
      await session.losses(TARGETS)
    }
    const step = async () => {
      session.clear()
      session.add(sequence)
      await session.update(rates)
    }
    const [forward, look, whole] = await inTurns([read, there, step], options.repeats)
    const counts = { submits: 0, launches: 0 }
    const { submitAll } = inside
    inside.submitAll = (parts) => {
      counts.submits++
      counts.launches += parts.flatMap(({ work }) => work.filter((item) => 'run' in item)).length
      submitAll.call(inside, parts)
    }
    await step()
    inside.submitAll = submitAll
    ways.push({ mode, forward, look, whole, ...counts, taken, bytes: trainingBytes(training, TOKENS, plan.dims.V) })
  }
  runtime.dispose()
  return { model: options.model, tokens: TOKENS, targets: TARGETS, ways }
}

export async function measureTraining(options) {
  ensureInstall()
  const vite = await openSources()
  const load = (file) => vite.ssrLoadModule(`/src/engine/${file}`)
  try {
    if (options.device === 'gpu') {
      const gpus = await load('testing/gpu.ts')
      const gpu = await gpus.nodeGpu()
      if (!gpu) throw new Problem(`No GPU in Node: ${gpus.noGpuReason}.`)
      return { ...(await measureOn(load, options, { device: 'gpu', gpu })), device: 'GPU in Node' }
    }
    const { nodeThreads } = await load('testing/node-threads.ts')
    const { start, started } = await nodeThreads()
    const threads = options.threads?.at(-1) ?? THREADS
    const found = await measureOn(load, options, { device: 'cpu', threads, startThread: start })
    for (const thread of started) await thread.terminate()
    return { ...found, device: `processor, ${threads} threads` }
  } finally {
    await vite.close()
  }
}

export function trainingTable({ model, device, tokens, targets, ways }) {
  console.log(`${model}, ${device}: rows of ${tokens} tokens, ${targets} of them targets`)
  for (const { mode, forward, look, whole, submits, launches, bytes, taken } of ways) {
    const speed = number((1000 * tokens) / whole)
    console.log(
      `${mode.padEnd(12)}${speed} tokens/s · ${number(whole / forward, 2)} times a forward of the same text (${number(forward)} ms; training's own ${number(look)} ms) · ${launches} launches, ${submits} submits a step · ${number(bytes / 2 ** 20, 1)} MiB planned beside the model${taken === null ? '' : `, ${number(taken / 2 ** 20, 1)} MiB taken of the device`}`,
    )
  }
}
