// The session on a real (software) GPU: fusion changes nothing, splitting changes nothing, a token costs one submit
// and allocates nothing, and whatever breaks says so. Tiny models with random weights; see fixtures/README.md.
// Long because all of it shares one device and its compiled kernels.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { EngineError } from '../errors.ts'
import { bytesSource, type ModelFiles } from '../formats/bytes.ts'
import { folderFiles } from '../formats/testing.ts'
import { openDevice, type Device } from '../gpu/device.ts'
import { foldGrid, KernelCache } from '../gpu/kernel.ts'
import { contextOf, runOp } from '../gpu/selftest.ts'
import { openModel, type OpenedModel } from '../load.ts'
import type { Plan } from '../model/plan.ts'
import { makeInputs } from '../ops/inputs.ts'
import { ops } from '../ops/index.ts'
import { codesBytes, scalesBytes } from '../quants/weight.ts'
import { goldens } from '../testing/goldens.ts'
import { nodeGpu, noGpuReason } from '../testing/gpu.ts'
import { createCpuRuntime } from './cpu.ts'
import { readPieces } from './read.ts'
import type { Runtime } from './runtime.ts'
import { unchecked } from './checks.ts'
import { createSession, type Session, type SessionOptions } from './session.ts'
import { WorkMeter } from './work.ts'

// NaN in a file is refused while it loads; here it is let through, for the search that finds it in a run
vi.mock(import('../formats/finite.ts'), async (original) => ({ ...(await original()), checkFloats: () => undefined }))

vi.setConfig({ testTimeout: 120_000 }) // a software adapter compiles a tile kernel for seconds
const gpu = await nodeGpu()
const device = gpu && (await openDevice(gpu))
const kernels = device && new KernelCache(device)
afterAll(() => device?.dispose())
const onGpu = describe.runIf(gpu)
if (!gpu) test('sessions on the GPU', ({ skip }) => skip(`UNRUN: ${noGpuReason}`))

const golden = (name: string): { ids: number[] } => {
  const { inputs } = JSON.parse(readFileSync(`fixtures/golden/${name}/golden.json`, 'utf8')) as {
    inputs: { input_ids: number[][] }
  }
  return { ids: inputs.input_ids[0]!.slice(0, 40) }
}
async function open(
  name: string,
  files: ModelFiles = folderFiles(`fixtures/golden/${name}`),
  context = 48,
): Promise<OpenedModel> {
  const options = { linear: 'keep', embedding: name === 'llama_nf4' ? 'i8' : 'keep' } as const
  // learned positions may end sooner
  const { contextLimit } = (await openModel({ name, files }, options)).info
  const model = await openModel({ name, files }, { ...options, context: Math.min(context, contextLimit) })
  // a text that is read both ways runs in one chunk, however long it is
  const chunk = model.plan.programs.decode.whole ? model.size.chunk : 16
  return { ...model, size: { ...model.size, chunk, logitRows: 8 } }
}
const start = (
  model: OpenedModel,
  options: Partial<SessionOptions> & { plan?: Plan; on?: Device } = {},
): Promise<Session> =>
  createSession(
    options.on ?? device!,
    options.on ? new KernelCache(options.on) : kernels!,
    options.plan ?? model.plan,
    model.provider,
    { size: model.size, ...options },
  )
const startCpu = (model: OpenedModel, plan = model.plan): Promise<Runtime> =>
  createCpuRuntime(plan, model.provider, model.size)

/** On a device of its own: only the plain kernels, which compile fast; none for packed caches or several texts. */
const plainOnly = new Set(
  Object.values(ops).flatMap((op) => {
    const plain = op.variants.findLast(({ name }) => !/-(cells|strands)$/.test(name))
    return op.variants
      .filter((variant) => variant !== plain)
      .flatMap(({ name }) => ['f32', '-'].map((format) => `${op.name}/${name}/${format}`))
  }),
)

/** largest difference over largest value; NaN wins */
function difference(got: Float32Array[], want: Float32Array[]): number {
  expect(got.length).toBe(want.length)
  let peak = 0,
    worst = 0
  want.forEach((row, i) =>
    row.forEach((v, j) => {
      peak = Math.max(peak, Math.abs(v))
      const d = Math.abs(got[i]![j]! - v)
      worst = d <= worst ? worst : d
    }),
  )
  return worst / peak
}
const same = (got: Float32Array[], want: Float32Array[], limit = 1e-5): void =>
  expect(difference(got, want)).toBeLessThan(limit)
async function all(runtime: Runtime, ids: number[]): Promise<Float32Array[]> {
  runtime.truncate(0)
  // a source is read in one piece: the chunk is 16 here
  if (runtime.plan.programs.encode) await runtime.encode(ids.slice(0, 16))
  return await runtime.forward(ids, 'all')
}
const failure = async (work: Promise<unknown>): Promise<EngineError> => {
  try {
    await work
  } catch (error) {
    return error as EngineError
  }
  throw new Error('it should have failed')
}

// ---- fusion ----------------------------------------------------------------

/** the heavy ones run once, in golden.test.ts */
const folders = goldens.filter(
  (name) =>
    readdirSync(`fixtures/golden/${name}`).reduce(
      (n, file) => n + statSync(`fixtures/golden/${name}/${file}`).size,
      0,
    ) < 1_000_000,
)

describe('a fused Plan computes what the plain Plan computes', () => {
  // golden.test.ts runs every fused Plan on the GPU; here it is the plain one of each family's first
  const families = new Set<string>()
  const tied = new Set<boolean>()
  test.for(folders)('%s', async (name, { skip }) => {
    const model = await open(name)
    const { ids } = golden(name)
    tied.add(model.plan.tied)
    // heads that are not turned and sums that are normed leave nothing to fuse
    if (model.plain.steps.some(({ op }) => op === 'rope' || op === 'add')) {
      expect(model.plan.steps.length).toBeLessThan(model.plain.steps.length)
    }
    const want = await all(await startCpu(model, model.plain), ids)
    same(await all(await startCpu(model), ids), want)
    if (!gpu) skip(`UNRUN on the GPU: ${noGpuReason}`)
    if (families.has(model.plan.family)) return
    families.add(model.plan.family)
    const session = await start(model, { plan: model.plain })
    same(await all(session, ids), want)
    session.dispose()
  })
  test('some of them share one table for embedding and head', () => {
    expect(tied).toEqual(new Set([true, false]))
  })
})

// ---- weights over the binding limit ----------------------------------------

onGpu('a weight over the binding limit is split by rows', () => {
  // 64 rows of the widest weight are the smallest part that can be
  const smallest = (model: OpenedModel): number =>
    Math.max(
      ...Object.values(model.plan.weights).map((spec) => {
        const { format } = model.provider.layout(spec)
        return (
          64 *
          spec.cols *
          (format === 'f32' ? 4 : format === 'nf4' ? 0.5 : format === 'i8' || format === 'q8_0' ? 1 : 2)
        )
      }),
    )

  test.for(['llama_bias_tied', 'llama_odd', 'llama_nf4', 'gguf_q4_1'])('%s', async (name) => {
    const model = await open(name)
    const ids = golden(name).ids.slice(0, 13)
    const whole = await start(model)
    const want = await all(whole, ids)
    const maxBinding = Math.max(smallest(model), 4096)
    const split = await start(model, { maxBinding })
    const parts = new Map(Object.keys(model.plan.weights).map((name) => [name, split.inspection().layouts(name)]))
    expect(Math.max(...[...parts.values()].map(({ length }) => length))).toBeGreaterThan(1)
    expect(parts.get('model.embed_tokens.weight')!.length).toBeGreaterThan(1)
    for (const part of [...parts.values()].flat()) {
      expect(Math.max(codesBytes(part), scalesBytes(part))).toBeLessThanOrEqual(maxBinding)
    }
    same(await all(split, ids), want, 1e-6)
    split.truncate(0)
    for (const [i, id] of ids.entries()) same(await split.forward([id], 'last'), [want[i]!], 1e-5)
    whole.dispose()
    split.dispose()
  })
  test('a limit below 64 rows is refused with both numbers', async () => {
    const error = await failure(start(await open('llama'), { maxBinding: 4096 }))
    expect(error.code).toBe('LIMIT_TOO_SMALL')
    expect(error.message).toMatch(/8192 bytes|12288 bytes/)
    expect(error.message).toContain('4096')
  })
})

// ---- limits and grids --------------------------------------------------------

onGpu('the smallest conforming device', () => {
  test('runs a model under default limits', async () => {
    const small = await openDevice(gpu!, { force: 'limits=default' })
    expect(small.facts.limits['maxStorageBufferBindingSize']).toBe(134217728)
    expect(small.facts.limits['maxComputeWorkgroupStorageSize']).toBe(16384)
    const model = await open('llama_nf4'),
      { ids } = golden('llama_nf4')
    const session = await start(model, { on: small })
    same(await all(session, ids), await all(await startCpu(model), ids))
    session.dispose()
    expect(small.errors).toEqual([])
    small.dispose()
  })
})

describe('grids', () => {
  test('no dimension is over 65,535 and nothing is left out', () => {
    for (const n of [1, 65535, 65536, 65537, 131070, 131071, 10_000_000, 65535 * 65535]) {
      const [x, y, z] = foldGrid(n)
      expect(Math.max(x, y, z)).toBeLessThanOrEqual(65535)
      expect(x * y * z).toBeGreaterThanOrEqual(n)
      expect(x * y * z - n).toBeLessThan(y)
    }
  })
  test.runIf(gpu)('a folded grid reaches every element', async () => {
    const [op, T, D] = [ops['add']!, 4300, 1024]
    const variant = op.variants[0]!
    expect(
      variant
        .passes(contextOf(device!, { D, by: 1 }, null))[0]!
        .workgroups({ D, by: 1 }, { T, pos: 0, row: 0, prefix: 0 }),
    ).toBeGreaterThan(65535)
    const args = makeInputs(
      op,
      { params: { D, by: 1 }, step: { T, pos: 0, row: 0, prefix: 0 }, sizes: { x: T * D, delta: T * D } },
      null,
    )
    const { x } = await runOp(device!, kernels!, op, variant, args)
    op.reference(args)
    expect(x!.findIndex((v, i) => v !== args.tensors['x']![i])).toBe(-1)
  })
})

// ---- what a token costs ------------------------------------------------------

/** Counts what a session asks of its device from now on. */
function watch({ gpu: target }: Device): { counts: Record<string, number>; stop(): void } {
  const counts: Record<string, number> = {}
  const undo: (() => void)[] = []
  const count = (object: object, method: string): void => {
    const original = (object as Record<string, (...args: unknown[]) => unknown>)[method]!
    counts[method] ??= 0
    Object.defineProperty(object, method, {
      configurable: true,
      value: (...args: unknown[]) => {
        counts[method]!++
        const made = original.apply(object, args)
        if (method === 'createCommandEncoder') count(made as object, 'beginComputePass')
        return made
      },
    })
    undo.push(() => {
      Reflect.deleteProperty(object, method)
    })
  }
  for (const method of [
    'createBuffer',
    'createBindGroup',
    'createBindGroupLayout',
    'createShaderModule',
    'createComputePipeline',
    'createComputePipelineAsync',
    'createCommandEncoder',
  ]) {
    count(target, method)
  }
  for (const method of ['submit', 'writeBuffer']) count(target.queue, method)
  return {
    counts,
    stop: () => {
      for (const f of undo) f()
    },
  }
}

onGpu('a decoded token', () => {
  test('is one pass and one submit, and allocates nothing', async () => {
    const model = await open('llama')
    const session = await start(model)
    await session.forward([1, 2, 3], 'last')
    const before = { ...session.counters },
      bytes = session.bytes
    const { counts, stop } = watch(device!)
    const tokens = 5
    const launches = session.launches({ T: 1, pos: 3, row: 0, prefix: 0 })
    expect(launches).toBeGreaterThanOrEqual(5 * model.plan.dims.layers)
    for (let i = 0; i < tokens; i++) await session.forward([i + 4], 'last')
    stop()
    expect(counts).toEqual({
      createBuffer: 0,
      createBindGroup: 0,
      createBindGroupLayout: 0,
      createShaderModule: 0,
      createComputePipeline: 0,
      createComputePipelineAsync: 0,
      createCommandEncoder: tokens,
      beginComputePass: tokens,
      submit: tokens,
      writeBuffer: 3 * tokens, // ids, and the Step of body and head
    })
    expect(session.bytes).toBe(bytes)
    const V = model.plan.dims.V
    expect(session.counters).toEqual({
      forwards: before.forwards + tokens,
      passes: before.passes + tokens,
      submits: before.submits + tokens,
      writes: before.writes + 3 * tokens,
      waits: before.waits + tokens,
      readBytes: before.readBytes + tokens * V * 4,
      dispatches: before.dispatches + tokens * launches,
    })
    session.dispose()
    expect(session.bytes).toBe(0)
  })
  test('much work is submitted in pieces, which changes nothing', async () => {
    const session = await start(await open('llama'))
    const ids = golden('llama').ids.slice(0, 12)
    const whole = await session.forward(ids, 'last')
    const full = vi.spyOn(WorkMeter.prototype, 'isFull').mockReturnValue(true)
    session.truncate(0)
    const { submits } = session.counters
    expect(await session.forward(ids, 'last')).toEqual(whole)
    expect(session.counters.submits - submits).toBe(full.mock.calls.length + 1)
    expect(full.mock.calls.length).toBeGreaterThan(5)
    full.mockRestore()
    session.dispose()
  })
  test('a chunk that wants no logits reads nothing back', async () => {
    const session = await start(await open('llama'))
    expect(await session.forward([1, 2, 3], 'none')).toEqual([])
    expect(session.counters).toMatchObject({ forwards: 1, submits: 1, readBytes: 0 })
    expect(session.length).toBe(3)
    session.dispose()
  })
})

// ---- the cache ---------------------------------------------------------------

describe.each(['cpu', 'gpu'] as const)('the cache of the %s runtime', (machine) => {
  const make = async (name: string): Promise<Runtime> =>
    machine === 'cpu' ? await startCpu(await open(name)) : await start(await open(name))
  const ids = golden('mistral_swa').ids

  test.runIf(machine === 'cpu' || gpu)('truncate and run again gives what a fresh run gives', async () => {
    const [used, fresh] = [await make('mistral_swa'), await make('mistral_swa')]
    await used.forward([...ids, 7, 7, 7, 7, 7, 7], 'none')
    used.truncate(5)
    expect(used.length).toBe(5)
    await fresh.forward(ids.slice(0, 5), 'none')
    same(await used.forward(ids.slice(5), 'all'), await fresh.forward(ids.slice(5), 'all'), 1e-6)
    used.truncate(100)
    expect(used.length).toBe(ids.length)
  })
  test.runIf(machine === 'cpu' || gpu)(
    'chunks, single tokens and the whole agree, and `last` is the last of `all`',
    async () => {
      const model = await open('llama_odd'),
        long = golden('llama_odd').ids
      const runtime = machine === 'cpu' ? await startCpu(model) : await start(model)
      const whole = await all(runtime, long) // 40 tokens through chunks of 16
      for (const cut of [1, 3, 15, 16, 17, 39]) {
        runtime.truncate(0)
        same(
          [...(await runtime.forward(long.slice(0, cut), 'all')), ...(await runtime.forward(long.slice(cut), 'all'))],
          whole,
        )
      }
      runtime.truncate(0)
      const reading = readPieces(runtime, long, 'last'),
        seen: number[] = []
      let step = await reading.next()
      for (; !step.done; step = await reading.next()) seen.push(step.value)
      same([step.value as Float32Array], [whole.at(-1)!])
      expect([seen[0], seen.at(-1)]).toEqual([16, 40]) // how many lie between is the machine's pace
    },
  )
  test.runIf(machine === 'cpu' || gpu)(
    'where RoPE follows the length of the text, pieces are turned for all of it, and a text read again as it was',
    async () => {
      const model = await open('llama_dynamic'),
        ids = Array.from({ length: 44 }, (_, i) => (i * 7) % 97)
      const runtime = machine === 'cpu' ? await startCpu(model) : await start(model)
      const whole = await all(runtime, ids.slice(0, 40))
      runtime.truncate(0)
      const reading = readPieces(runtime, ids.slice(0, 40), 'last')
      let step = await reading.next()
      while (!step.done) step = await reading.next()
      same([step.value as Float32Array], [whole.at(-1)!])
      // an answer: every token is turned for the text as long as it was then
      for (const id of ids.slice(40, 43)) await runtime.forward([id], 'none')
      const [want] = await runtime.forward([ids[43]!], 'last')
      runtime.truncate(0)
      for await (const _ of readPieces(runtime, ids.slice(0, 43), 'none', 'kept'));
      const [again] = await runtime.forward([ids[43]!], 'last')
      same([again!], [want!])
    },
  )
  test.runIf(machine === 'cpu' || gpu)('a run that does not fit is refused and changes nothing', async () => {
    const runtime = await make('llama')
    const first = await all(runtime, [1, 2, 3])
    const error = await failure(runtime.forward(Array<number>(46).fill(1), 'last'))
    expect(error).toMatchObject({ code: 'CONTEXT_FULL', facts: { count: 46, context: 48, length: 3 } })
    expect(runtime.length).toBe(3)
    runtime.truncate(2)
    same(await runtime.forward([3], 'last'), [first[2]!], 1e-6)
    await runtime.forward(Array<number>(45).fill(1), 'last')
    expect(runtime.length).toBe(48)
  })
  test.runIf(machine === 'cpu' || gpu)(
    'a run that is stopped between chunks keeps the chunks that are done',
    async () => {
      const runtime = await make('llama')
      const long = Array.from({ length: 40 }, (_, i) => (i * 7) % 97)
      const want = await all(runtime, long)
      runtime.truncate(0)
      let read = 0
      for await (const done of readPieces(runtime, long, 'last')) if ((read = done) >= 20) break
      expect(runtime.length).toBe(read)
      expect(read).toBeLessThan(40)
      same(await runtime.forward(long.slice(read), 'last'), [want.at(-1)!])
    },
  )
})

// ---- what can go wrong -------------------------------------------------------

/**
 * The model with NaN in a matrix' first value (or in one row of it), or a norm so large that its products overflow: NaN
 * in a vector is refused at load.
 */
function poisoned(name: string, tensor: string, at = 0): ModelFiles {
  const files = new Map(folderFiles(`fixtures/golden/${name}`))
  const bytes = new Uint8Array(readFileSync(`fixtures/golden/${name}/model.safetensors`))
  const view = new DataView(bytes.buffer)
  const length = Number(view.getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    { data_offsets: [number, number] }
  >
  const [begin, end] = header[tensor]!.data_offsets
  if (/norm/.test(tensor)) for (let i = begin; i < end; i += 4) view.setFloat32(8 + length + i, 3e38, true)
  else view.setFloat32(8 + length + begin + 4 * at, NaN, true)
  return files.set('model.safetensors', bytesSource('model.safetensors', bytes))
}

describe.each(['cpu', 'gpu'] as const)('NaN on the %s', (machine) => {
  test.runIf(machine === 'cpu' || gpu).for([
    ['model.layers.1.post_attention_layernorm.weight', 'blocks.1.mlp.norm', 0],
    ['model.layers.0.input_layernorm.weight', 'blocks.0.attn.norm', 0],
    ['model.layers.2.mlp.down_proj.weight', 'blocks.2.mlp.down', 0],
    ['model.embed_tokens.weight', 'embed', 32 * 9],
    ['model.norm.weight', 'final_norm', 0],
    ['lm_head.weight', 'logits', 0],
  ] as const)('in %s is found in %s', async ([tensor, step, at]) => {
    const model = await open('llama', poisoned('llama', tensor, at))
    const runtime = machine === 'cpu' ? await startCpu(model) : await start(model)
    const rows = await runtime.forward([5, 9, 17], 'all')
    expect(rows[2]!.every(Number.isFinite)).toBe(false)
    expect(await runtime.findNonFinite([5, 9, 17])).toBe(step)
    if (step === 'embed') expect(await runtime.findNonFinite([5, 5, 17])).toBeNull() // the bad row is not read
  })
})

describe.each(['cpu', 'gpu'] as const)('a search for NaN that finds none, on the %s', (machine) => {
  test.runIf(machine === 'cpu' || gpu).for(['llama', 'qwen3'])('%s: leaves the cache as a run does', async (name) => {
    const model = await open(name)
    const runtime = machine === 'cpu' ? await startCpu(model) : await start(model)
    const want = await all(runtime, [5, 9, 17, 3])
    runtime.truncate(0)
    await runtime.forward([60, 61, 62, 63, 64], 'none')
    expect(await runtime.findNonFinite([5, 9, 17])).toBeNull()
    expect(runtime.length).toBe(3)
    same(await runtime.forward([3], 'last'), [want[3]!])
  })
})

onGpu('a GPU that goes away', () => {
  const lossy = async (): Promise<{ own: Device; session: Session }> => {
    const own = await openDevice(gpu!)
    return {
      own,
      session: await start(await open('llama'), { on: own, checks: { ...unchecked, rejected: plainOnly } }),
    }
  }
  test('in the middle of a prompt is GPU_LOST, at once and for every later call', async () => {
    const { own, session } = await lossy()
    const ids = Array.from({ length: 40 }, (_, i) => i)
    const since = performance.now()
    const error = await failure(
      (async () => {
        for await (const done of readPieces(session, ids, 'last')) if (done === 16) own.gpu.destroy()
      })(),
    )
    expect(performance.now() - since).toBeLessThan(5000)
    expect(error.code).toBe('GPU_LOST')
    expect(error.message).toContain('Your chat is kept')
    expect((await failure(session.forward([1], 'last'))).code).toBe('GPU_LOST')
    session.dispose()
  })
  test('while a result is awaited is GPU_LOST', async () => {
    const { own, session } = await lossy()
    const work = failure(session.forward([1, 2, 3], 'last'))
    own.gpu.destroy()
    expect((await work).code).toBe('GPU_LOST')
  })
  test('before the first token is GPU_LOST', async () => {
    const { own, session } = await lossy()
    own.gpu.destroy()
    await own.lost
    expect((await failure(session.forward([1], 'none'))).code).toBe('GPU_LOST')
  })
})

onGpu('a load that is stopped', () => {
  test('throws ABORTED and frees what it had', async () => {
    const model = await open('llama')
    const stop = new AbortController()
    const error = await failure(start(model, { signal: stop.signal, onProgress: () => stop.abort() }))
    expect(error.code).toBe('ABORTED')
    expect(device!.errors).toEqual([])
  })
  test('progress ends at the total', async () => {
    const model = await open('llama_nf4')
    const seen: [number, number][] = []
    const session = await start(model, { onProgress: ({ loaded, total }) => seen.push([loaded, total]) })
    expect(seen.at(-1)![0]).toBe(seen.at(-1)![1])
    expect(seen.map(([n]) => n)).toEqual(seen.map(([n]) => n).sort((a, b) => a - b))
    session.dispose()
  })
})
