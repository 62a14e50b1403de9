// One real failure for every sentence of the error catalogs: what a person does, done here in Node to the
// product's own code. causes.test.ts reads the sentences that come of them. For tests only.
// Long because it is one list, read from top to bottom beside the list of codes.

import { allocate } from '../../engine/runtime/processor/memory.ts'
import 'fake-indexeddb/auto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import * as Comlink from 'comlink'
import { defaultBudget, runTemplate } from '../../engine/chat/sandbox.ts'
import { chatTemplateOf, renderChat, type ChatTemplate } from '../../engine/chat/template.ts'
import { EngineError, type ErrorCode } from '../../engine/errors.ts'
import type { ModelFiles } from '../../engine/formats/bytes.ts'
import {
  concat,
  filesOf,
  folderFiles,
  llamaKeys,
  rawSafetensors,
  writeGguf,
  writeSafetensors,
  withGgufType,
} from '../../engine/formats/testing.ts'
import { openDevice, type Device } from '../../engine/gpu/device.ts'
import { KernelCache } from '../../engine/gpu/kernel.ts'
import { Presence } from '../../engine/gpu/lost.ts'
import { Memory } from '../../engine/gpu/memory.ts'
import { refuseLead } from '../../engine/glass/absent.ts'
import { ActivationCache } from '../../engine/glass/activation-cache.ts'
import { Lens } from '../../engine/glass/lens.ts'
import { openRecording, record } from '../../engine/glass/recording.ts'
import { sliceRun } from '../../engine/glass/recording-slice.ts'
import { pairsSide } from '../../engine/glass/attention-sources.ts'
import { requireAttention, requirePlain } from '../../engine/glass/sites.ts'
import { Replay } from '../../engine/glass/replay.ts'
import { StepRunner } from '../../engine/glass/step-runner.ts'
import type { Glass } from '../../engine/glass/types.ts'
import { DecodingContext } from '../../engine/context.ts'
import { generate } from '../../engine/generate.ts'
import { readText } from '../../engine/reading.ts'
import * as door from '../../engine/index.ts'
import { diskModel } from '../../engine/testing/disk.ts'
import { scripted } from '../../engine/testing/scripted.ts'
import { tinyRun } from '../../engine/testing/training.ts'
import { openModel, placeModel } from '../../engine/load.ts'
import { checkSampling, Sampler } from '../../engine/sampler/chain.ts'
import { Database, storageError } from '../../storage/database.ts'
import { Library } from '../../storage/library.ts'
import { busyError } from '../../storage/locks.ts'
import { TeachingRows } from '../../storage/teaching.ts'
import { noise, server, type Behaviour } from '../../storage/testing/server.ts'
import type { ModelOrigin } from '../../storage/types.ts'
import type { ChatHead } from '../../worker/protocol.ts'
import { differentiate } from '../../engine/train/differentiate.ts'
import type { TrainEvent, TrainState } from '../../engine/train/events.ts'
import { TrainSession } from '../../engine/train/session.ts'
import type { Inspection } from '../../engine/runtime/inspect.ts'
import { checkFits } from '../../engine/runtime/cache.ts'
import { setClient } from '../../store/client.ts'
import { useModels } from '../../store/models.ts'
import { openOne } from '../../store/incoming.ts'
import { readHeads } from '../../store/heads.ts'
import { useHistory } from '../../store/history.ts'
import { defaultParams } from '../../store/settings.ts'
import { toBase64 } from '../../store/share/base64.ts'
import { pack, unpack } from '../../store/share/link.ts'
import { toWire, type SharedRun } from '../../store/share/run.ts'
import { fakeClient, stored } from '../../store/testing.ts'
import { downloadCauses } from './download-causes.ts'
import { Connection } from '../../worker/connection.ts'
import { createClient } from '../../worker/client.ts'
import { adapterCauses } from './adapter-causes.ts'
import { adapterFileCauses } from './adapter-file-causes.ts'
import { formCauses } from './form-causes.ts'
import { remoteCauses } from './remote-causes.ts'
import { lessonCauses } from './lesson-causes.ts'
import { createHost } from '../../worker/host.ts'
import { Teaching } from '../../worker/teaching.ts'
import { readDocument } from '../../retrieval/read/index.ts'

export interface Cause {
  code: ErrorCode
  what: string
  run: () => unknown
}

// ---- what the causes are made of ---------------------------------------------

const folder = 'fixtures/golden/llama'
const configOf = (changes: object): string =>
  JSON.stringify({ ...(JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as object), ...changes })
/** the golden llama with files changed, added, or (null) left out */
function llama(changes: Record<string, string | Uint8Array | null> = {}, from = folder): ModelFiles {
  const files = new Map<string, string | Uint8Array>(
    readdirSync(from)
      .filter((name) => statSync(`${from}/${name}`).isFile())
      .map((name) => [name, new Uint8Array(readFileSync(`${from}/${name}`))]),
  )
  for (const [name, data] of Object.entries(changes)) {
    if (data === null) files.delete(name)
    else files.set(name, data)
  }
  return filesOf(Object.fromEntries(files))
}
const plan = (files: ModelFiles) => (): unknown => door.planModel({ name: 'dropped', files })
const weights = readFileSync(`${folder}/model.safetensors`)

/** The worker's side of the wall, on a database of its own. */
function host(fetch?: typeof globalThis.fetch): {
  call: (name: string, ...args: unknown[]) => Promise<unknown>
  library: Library
} {
  const library = new Library(new Database(`causes-${++databases}`, 20), { fetch, chunkBytes: 4096, retries: 0 })
  const wire = createHost(
    { ...door, loadEngine: (source, options) => door.loadEngine(source, { ...options, device: 'reference' }) },
    library,
  )
  void wire.hold('none', null) // as every client begins
  return {
    library,
    call: async (name, ...args) => {
      const reply = await wire.call(1, name as never, args, null as never)
      if (!reply.ok) throw Object.assign(new Error(), reply.error)
      return reply.value
    },
  }
}
let databases = 0

const sha = 'a'.repeat(40)
/** A hub that has one repository with these files, or answers every question with a status. */
function hub(
  names: string[] | number,
  more: Partial<Extract<ModelOrigin, { kind: 'hub' }>> = {},
): () => Promise<unknown> {
  const base = 'https://hub.example/api/models/owner/name'
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
  const tree = typeof names === 'number' ? [] : names.map((path) => ({ type: 'file', path, size: 10, oid: 'x' }))
  const be: Behaviour = typeof names === 'number' ? { status: () => names } : {}
  const { fetch } = server(
    { [`${base}/revision/${more.revision ?? 'main'}`]: json({ sha }), [`${base}/tree/${sha}`]: json(tree) },
    be,
  )
  return () =>
    host(fetch).library.add({ kind: 'hub', repo: 'owner/name', host: 'https://hub.example', ...more }, undefined)
}
/** A web server with one .gguf, which misbehaves. */
const download =
  (be: Behaviour, origin: ModelOrigin = { kind: 'url', url: 'https://files.example/a.gguf' }) =>
  (): unknown =>
    host(server({ 'https://files.example/a.gguf': noise(9000) }, be).fetch).library.add(origin, undefined)

/** A worker that says nothing, the connection to it, and a call that waits. */
function connection(act: (worker: EventTarget) => void): Promise<unknown> {
  const worker = Object.assign(new EventTarget(), { postMessage: () => undefined, terminate: () => undefined })
  const wire = new Connection(
    worker as unknown as Worker,
    { beat: 1, quiet: 2, busy: 2, start: 2, again: 0 },
    () => undefined,
    () => undefined,
  )
  const call = wire.race('load', new Promise(() => undefined))
  act(worker)
  return call
}

/** The embedded model on the processor, loaded once. */
let loaded: Promise<Awaited<ReturnType<typeof door.loadEngine>>> | null = null
const storyteller = 'public/models/storyteller'
const engine = () =>
  (loaded ??= door.loadEngine(
    { name: 'storyteller', files: llama({}, storyteller) },
    { device: 'reference', context: 64 },
  ))
/** A question about tokens, asked of a small model whose plan lacks what it needs. */
/** Asks for the way back through every step of a model. */
async function teach(source: Parameters<typeof openModel>[0]): Promise<void> {
  const { plan } = await openModel(source)
  differentiate(plan, new Set(Object.keys(plan.weights)), 8)
}

async function lookInto(lacks: 'tokens' | 'linear' | 'sums' | 'source' | 'streams' | 'recurrent'): Promise<void> {
  const model = await openModel({ name: 'tiny', files: llama({}) }, { device: 'reference' })
  const { plan } = model
  const { D } = plan.dims
  if (lacks === 'tokens') {
    delete plan.sites['logits']
    plan.outputs = [{ name: 'hidden', site: 'final_norm', width: D, rows: 'each' }]
  }
  if (lacks === 'source') {
    plan.programs.encode = { tokens: 'encode', rows: null, whole: true }
    plan.blocks[0]!.stack = 'encoder'
  }
  if (lacks === 'streams') plan.programs.decode.ahead = true
  if (lacks === 'sums') plan.blocks[0]!.branches[0]!.breaks = 'norm'
  if (lacks === 'recurrent') plan.blocks[0]!.branches[0]!.name = 'cell'
  if (lacks === 'linear') {
    const at = plan.steps.findIndex(({ name }) => name === 'logits')
    const bent = { name: 'bent', op: 'activation', args: { x: 'hRow', y: 'bent' }, params: { F: D, act: 0 } }
    plan.steps.splice(
      at,
      1,
      { ...bent, part: 'head', layer: -1 },
      { ...plan.steps[at]!, args: { ...plan.steps[at]!.args, x: 'bent' } },
    )
    plan.buffers['bent'] = { rows: 'R', width: D }
  }
  const { runtime } = await placeModel(model, { device: 'reference' })
  const activations = await ActivationCache.create(new StepRunner(runtime.inspection()), 2 ** 20)
  await runtime.forward([1], 'none')
  const lens = await Lens.create(activations, () => new Replay(activations))
  if (lacks !== 'source') await lens.contributions(0, 1)
  await lens.cells({ positions: [0], layers: [0], part: 'resid', topK: 1 }, String)
}
async function answer(input: unknown, options?: unknown): Promise<void> {
  for await (const event of (await engine()).generate(input as string, options as object)) void event
}

/** A device as much as is asked of it here. */
const device = (more: object): Device =>
  ({
    presence: new Presence({ lost: new Promise(() => undefined), destroy: () => undefined }, true),
    gpu: {
      limits: { maxBufferSize: 4096, maxStorageBufferBindingSize: 1024 },
      pushErrorScope: () => undefined,
      popErrorScope: () => Promise.resolve(null),
      createBuffer: () => ({ destroy: () => undefined }),
      ...more,
    },
  }) as unknown as Device
const run: SharedRun = {
  model: { id: 'm', name: 'M', from: { kind: 'embedded' } },
  load: {},
  system: '',
  turns: [{ role: 'user', text: 'Hi' }],
  params: { ...defaultParams, randomSeed: false },
  answer: null,
  adapters: [],
  edits: [],
  drawn: [],
  at: { panel: 'chat', position: null, layer: 0, head: 0 },
}
/** Imports a file, and changes a chunk of it on the disk; finds it, too. */
async function damage(library: Library, find = true): Promise<string> {
  const { id } = await library.import([
    new File([writeGguf(llamaKeys(), []) as Uint8Array<ArrayBuffer>, noise(9000)], 'a.gguf'),
  ])
  await library.db.run('damage a chunk', ['chunks'], 'readwrite', (tx) =>
    tx.objectStore('chunks').put(noise(4096, 9).buffer, [id, 'a.gguf', 1]),
  )
  if (find) await library.using(id, (stored) => stored.get('a.gguf')!.read(0, 9000)).catch(() => undefined)
  return id
}
/** What the page says when a stored model turns out to be damaged and cannot be fetched again. */
async function loadDamaged(origin: ModelOrigin): Promise<void> {
  const fake = fakeClient()
  setClient(fake.client)
  fake.models.set('a', { ...stored('a'), origin })
  fake.load = async () => {
    const { library } = host()
    await library.using(await damage(library, false), (files) => files.get('a.gguf')!.read(0, 9000))
    throw new Error('it was read')
  }
  fake.add = () => Promise.reject(new EngineError('NETWORK', 'offline'))
  await useModels.getState().refresh()
  await useModels.getState().load('a')
  const { code, message, facts } = useModels.getState().active!.error!
  throw new EngineError(code, message, facts)
}
/** Numbers that do not pack into less than they are. */
const noisy = (count: number): number[] => [...new Uint32Array(noise(4 * count).buffer)]
const history = (file: Blob): unknown => {
  setClient(fakeClient().client)
  return useHistory.getState().importFile(file as File)
}

/** The embedded model with this gain in its last norm. */
function gained(value: number): Uint8Array {
  const bytes = new Uint8Array(readFileSync(`${storyteller}/model.safetensors`))
  const header = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  const {
    dtype,
    data_offsets: [at],
  } = (
    JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + header))) as Record<
      string,
      { dtype: string; data_offsets: [number, number] }
    >
  )['model.norm.weight']!
  if (dtype !== 'F32') throw new Error(`the last norm is ${dtype}`)
  new Float32Array(256)
    .fill(value)
    .forEach((gain, i) => new DataView(bytes.buffer).setFloat32(8 + header + at + 4 * i, gain, true))
  return bytes
}
/** The golden llama with this number in all of its tensors. */
function ofFloats(value: number): Uint8Array {
  const bytes = new Uint8Array(weights)
  const view = new DataView(bytes.buffer)
  const header = Number(view.getBigUint64(0, true))
  for (let at = 8 + header; at < bytes.length; at += 4) view.setFloat32(at, value, true)
  return bytes
}
/** The golden llama with its embedding said to be of 32-bit whole numbers. */
function integers(): Uint8Array {
  const text = new TextDecoder('latin1').decode(weights)
  return Uint8Array.from(text.replace(/("(?:model\.embed_tokens|lm_head)\.weight":\{"dtype":")F32/g, '$1I32'), (c) =>
    c.charCodeAt(0),
  )
}
/** What the page says of a chat whose stored body is no body. */
async function openDamaged(title: string): Promise<void> {
  const fake = fakeClient()
  setClient(fake.client)
  fake.chats.set('c1', {
    head: { id: 'c1', title, updatedAt: 1, messages: 1 } as ChatHead,
    body: { schema: 'none' },
    turns: new Map([['t', { id: 't', role: 7 }]]),
    runs: new Map(),
  })
  await readHeads()
  await openOne('c1')
}
/** The golden llama and a bias of its head, or a tensor of another name. */
function withBias(name = 'lm_head.bias'): Uint8Array {
  const size = Number(new DataView(weights.buffer, weights.byteOffset).getBigUint64(0, true)),
    end = weights.length - 8 - size
  const header = JSON.parse(new TextDecoder().decode(weights.subarray(8, 8 + size))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >
  const text = JSON.stringify({ ...header, [name]: { dtype: 'F32', shape: [97], data_offsets: [end, end + 388] } })
  return rawSafetensors(text, concat([weights.subarray(8 + size), new Uint8Array(388)]))
}
/** A link made of a run with something changed in it. */
async function wire(change: object): Promise<unknown> {
  const deflated = new Blob([JSON.stringify({ ...toWire(run), ...change })])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'))
  return unpack(toBase64(new Uint8Array(await new Response(deflated).arrayBuffer())))
}
const adapter = (limits: object): GPU =>
  ({
    requestAdapter: () =>
      Promise.resolve({
        limits: {
          maxStorageBuffersPerShaderStage: 8,
          maxComputeWorkgroupStorageSize: 16384,
          maxComputeInvocationsPerWorkgroup: 256,
          maxComputeWorkgroupsPerDimension: 65535,
          ...limits,
        },
        info: { description: 'Small chip' },
      }),
  }) as unknown as GPU

// ---- the causes, in the order of the codes -------------------------------------

const machine: Cause[] = [
  { code: 'NO_WEBGPU', what: 'a browser without navigator.gpu', run: () => openDevice(undefined) },
  {
    code: 'INSECURE_CONTEXT',
    what: 'the page over plain http',
    run: async () => {
      Object.assign(globalThis, { isSecureContext: false })
      try {
        await openDevice(undefined)
      } finally {
        Reflect.deleteProperty(globalThis, 'isSecureContext')
      }
    },
  },
  {
    code: 'NO_ADAPTER',
    what: 'no adapter',
    run: () => openDevice({ requestAdapter: () => Promise.resolve(null) } as unknown as GPU),
  },
  {
    code: 'LIMIT_TOO_SMALL',
    what: 'an adapter below the defaults',
    run: () => openDevice(adapter({ maxStorageBuffersPerShaderStage: 4 })),
  },
  {
    code: 'LIMIT_TOO_SMALL',
    what: 'a cache longer than a binding',
    run: () => new Memory(device({})).storage('kCache.0', 2048),
  },
  {
    code: 'GPU_OUT_OF_MEMORY',
    what: 'a buffer that the driver refuses',
    run: () =>
      new Memory(
        device({
          createBuffer: () => {
            throw new RangeError('too large')
          },
        }),
      ).storage('weights', 64),
  },
  {
    code: 'CPU_OUT_OF_MEMORY',
    what: 'an arena larger than any buffer can be',
    run: () => allocate({ words: 2 ** 52 }, false),
  },
  {
    code: 'GPU_VALIDATION',
    what: 'a buffer that the driver complains of',
    run: async () => {
      const scopes = [null, { message: 'usage is not allowed' }] // out of memory, validation
      const memory = new Memory(device({ popErrorScope: () => Promise.resolve(scopes.shift()) }))
      memory.storage('x', 64)
      await memory.check()
    },
  },
  {
    code: 'GPU_LOST',
    what: 'a driver that resets',
    run: () =>
      new Presence(
        {
          lost: Promise.resolve({
            reason: 'unknown',
            message: 'A valid external Instance reference no longer exists.',
          } as GPUDeviceLostInfo),
          destroy: () => undefined,
        },
        true,
      ).wait('logits', new Promise(() => undefined)),
  },
  {
    code: 'GPU_LOST',
    what: 'a driver that gives no reason',
    run: () =>
      new Presence(
        { lost: Promise.resolve({ reason: 'unknown', message: '' } as GPUDeviceLostInfo), destroy: () => undefined },
        true,
      ).wait('logits', new Promise(() => undefined)),
  },
  {
    code: 'GPU_LOST',
    what: 'a browser that gives no device after a crash',
    run: async () => {
      const { port1, port2 } = new MessageChannel()
      let crashed = false
      Comlink.expose(
        createHost(
          {
            ...door,
            adapterFacts: () =>
              crashed
                ? (openDevice({ requestAdapter: () => Promise.resolve(null) } as unknown as GPU) as never)
                : Promise.resolve({} as never),
          },
          host().library,
        ),
        port2,
      )
      const client = createClient(
        () =>
          Object.assign(port1, {
            terminate: () => {
              port1.close()
              port2.close()
            },
          }) as unknown as Worker,
      )
      try {
        await client.adapterFacts()
        crashed = true
        await client.adapterFacts()
      } finally {
        client.dispose()
      }
    },
  },
  {
    code: 'GPU_LOST',
    what: 'a chip that does not answer',
    run: () =>
      new Presence({ lost: new Promise(() => undefined), destroy: () => undefined }, false).wait(
        'logits',
        new Promise(() => undefined),
        1,
      ),
  },
  {
    code: 'KERNEL_FAILED',
    what: 'a compiler that refuses a kernel',
    run: () =>
      new KernelCache(
        device({
          createShaderModule: () => ({
            getCompilationInfo: () =>
              Promise.resolve({ messages: [{ type: 'error', lineNum: 3, message: 'unresolved type' }] }),
          }),
          createBindGroupLayout: () => null,
          createPipelineLayout: () => null,
        }),
      ).compile('add', null),
  },
]

const files: Cause[] = [
  {
    code: 'FILE_FORMAT',
    what: 'a picture',
    run: plan(filesOf({ 'a.png': concat([Uint8Array.of(0x89), new TextEncoder().encode('PNG\r\n\x1a\n')]) })),
  },
  {
    code: 'FILE_MISSING',
    what: 'a description without weights',
    run: () => host().library.import([new File(['{}'], 'config.json')]),
  },
  { code: 'FILE_MISSING', what: 'nothing at all', run: plan(new Map()) },
  { code: 'FILE_MISSING', what: 'weights without config.json', run: plan(llama({ 'config.json': null })) },
  {
    code: 'FILE_MISSING',
    what: 'one shard of two',
    run: plan(llama({ 'model-00002-of-00002.safetensors': null }, 'fixtures/golden/llama_sharded')),
  },
  {
    code: 'FILE_MISSING',
    what: 'two shards of four',
    run: plan(
      filesOf({
        'config.json': configOf({}),
        'tokenizer.json': '{}',
        'model-00001-of-00004.safetensors': weights,
        'model-00003-of-00004.safetensors': weights,
      }),
    ),
  },
  { code: 'FILE_MISSING', what: 'a model that is not stored', run: () => host().call('load', 'nowhere') },
  {
    code: 'FILE_MISSING',
    what: 'a model without tokenizer',
    run: () => door.loadEngine({ name: 'x', files: llama() }, { device: 'reference' }),
  },
  { code: 'FILE_MISSING', what: 'a repository of pickles', run: hub(['pytorch_model.bin']) },
  {
    code: 'FILE_MISSING',
    what: 'a part of a split GGUF whose name counts none',
    run: plan(filesOf({ 'a.gguf': writeGguf(llamaKeys({ 'split.no': 0, 'split.count': 3 }), []) })),
  },
  { code: 'FILE_MISSING', what: 'a repository with a part of a split GGUF', run: hub(['x-00001-of-00002.gguf']) },
  { code: 'FILE_MISSING', what: 'a file that the repository has not', run: hub(['a.gguf'], { file: 'b.gguf' }) },
  {
    code: 'FILE_MISSING',
    what: 'going on with files from this computer',
    run: async () => {
      const { library } = host()
      await damage(library)
      await library.resume((await library.list())[0]!.id)
    },
  },
  {
    code: 'FILE_TRUNCATED',
    what: 'half a file',
    run: plan(llama({ 'model.safetensors': weights.subarray(0, weights.length >> 1) })),
  },
  {
    code: 'FILE_FORMAT',
    what: 'a part of a model that PyTorch wrote',
    run: plan(filesOf({ 'pytorch_model-00001-of-00002.bin': `PK\x03\x04${' '.repeat(26)}pytorch_model/data.pkl` })),
  },
  { code: 'FILE_FORMAT', what: 'a pickle', run: plan(filesOf({ 'model.bin': Uint8Array.of(0x80, 2, 0x7d, 0x71, 0) })) },
  {
    code: 'FILE_FORMAT',
    what: 'two models',
    run: plan(filesOf({ 'a/m.gguf': writeGguf(llamaKeys(), []), 'b/m.gguf': writeGguf(llamaKeys(), []) })),
  },
  {
    code: 'FILE_FORMAT',
    what: 'two names for one weight',
    run: plan(llama({ 'model.safetensors': withBias('norm.weight') })),
  },
  { code: 'FILE_FORMAT', what: 'a LoRA', run: plan(folderFiles('fixtures/faults/st/adapter_only')) },
  {
    code: 'FILE_HEADER',
    what: 'a header that is no JSON',
    run: plan(
      llama({
        'model.safetensors': concat([Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0), new TextEncoder().encode('{"a":1,,')]),
      }),
    ),
  },
  {
    code: 'TENSOR_MISSING',
    what: 'config of a deeper model',
    run: plan(llama({ 'config.json': configOf({ num_hidden_layers: 40 }) })),
  },
  {
    code: 'TENSOR_MISSING',
    what: 'an untied head that is not there',
    run: plan(
      llama(
        {
          'config.json': configOf({
            num_hidden_layers: 3,
            tie_word_embeddings: false,
            attention_bias: true,
            mlp_bias: true,
          }),
        },
        'fixtures/golden/llama_bias_tied',
      ),
    ),
  },
  {
    code: 'TENSOR_MISSING',
    what: 'names of another family',
    run: plan(
      llama({
        'model.safetensors': writeSafetensors([
          { name: 'h.0.attn.c_attn.weight', dtype: 'F32', shape: [1], bytes: new Uint8Array(4) },
        ]),
      }),
    ),
  },
  {
    code: 'TENSOR_SHAPE',
    what: 'config of a wider model',
    run: plan(llama({ 'config.json': configOf({ intermediate_size: 999 }) })),
  },
  {
    code: 'TENSOR_MISSING',
    what: 'a GGUF without weights',
    run: plan(
      filesOf({
        'm.gguf': writeGguf(llamaKeys({ 'llama.vocab_size': 8 }), [
          { name: 'output_norm.weight', shape: [32], type: 0, bytes: new Uint8Array(128) },
        ]),
      }),
    ),
  },
  {
    code: 'TENSOR_SHAPE',
    what: 'a GGUF that contradicts itself',
    run: plan(
      filesOf({
        'm.gguf': writeGguf(llamaKeys({ 'llama.vocab_size': 8 }), [
          { name: 'token_embd.weight', shape: [8, 64], type: 0, bytes: new Uint8Array(8 * 256) },
        ]),
      }),
    ),
  },
  {
    code: 'TENSOR_UNUSED',
    what: 'biases that config.json does not speak of',
    run: plan(llama({ 'config.json': configOf({ tie_word_embeddings: true }) }, 'fixtures/golden/llama_bias_tied')),
  },
  {
    code: 'DTYPE_UNSUPPORTED',
    what: 'HQQ',
    run: plan(llama({ 'config.json': configOf({ quantization_config: { quant_method: 'hqq', bits: 4 } }) })),
  },
  {
    code: 'DTYPE_UNSUPPORTED',
    what: 'an IQ3_S head in a Q4_0 file',
    run: plan(
      filesOf({
        'MyModel-Q4_0.gguf': withGgufType(readFileSync('fixtures/faults/gguf/MyModel-Q4_0.gguf'), 'output.weight', 21),
      }),
    ),
  },
  { code: 'TENSOR_UNUSED', what: 'one bias of the head', run: plan(llama({ 'model.safetensors': withBias() })) },
  {
    code: 'DTYPE_UNSUPPORTED',
    what: 'weights of whole numbers',
    run: plan(llama({ 'model.safetensors': integers() })),
  },
  {
    code: 'CONFIG_INVALID',
    what: 'a size that is no number',
    run: plan(llama({ 'config.json': configOf({ hidden_size: 'big' }) })),
  },
  {
    code: 'FAMILY_UNSUPPORTED',
    what: 'another family',
    run: plan(llama({ 'config.json': configOf({ model_type: 'mamba' }) })),
  },
  {
    code: 'FAMILY_UNSUPPORTED',
    what: 'a setting that changes every number',
    run: plan(llama({ 'config.json': configOf({ hidden_act: 'snake' }) })),
  },
  {
    code: 'FAMILY_UNSUPPORTED',
    what: 'positions scaled in a new way',
    run: plan(llama({ 'config.json': configOf({ rope_parameters: { rope_type: 'spiral', factor: 2 } }) })),
  },
  {
    code: 'FAMILY_UNSUPPORTED',
    what: 'experts',
    run: plan(filesOf({ 'moe.gguf': readFileSync('fixtures/faults/gguf/moe.gguf') })),
  },
  {
    code: 'TOKENIZER_INVALID',
    what: 'a tokenizer.json that is not JSON',
    run: () => door.loadEngine({ name: 'x', files: llama({ 'tokenizer.json': '{' }) }, { device: 'reference' }),
  },
  {
    code: 'TOKENIZER_INVALID',
    what: 'a tokenizer.json without a model',
    run: () => door.openTokenizerLab({ version: '1.0', added_tokens: [] }),
  },
  {
    code: 'TOKENIZER_INVALID',
    what: 'a token the model has no row for',
    run: async () => {
      const tokenizer = JSON.parse(readFileSync(`${storyteller}/tokenizer.json`, 'utf8')) as { added_tokens: object[] }
      for (let id = 1795; id <= 1856; id++) {
        tokenizer.added_tokens.push({
          id,
          content: `<extra ${id}>`,
          special: false,
          single_word: false,
          lstrip: false,
          rstrip: false,
          normalized: false,
        })
      }
      const model = await door.loadEngine(
        { name: 'x', files: llama({ 'tokenizer.json': JSON.stringify(tokenizer) }, storyteller) },
        { device: 'reference', context: 64 },
      )
      for await (const event of model.generate('a <extra 1856> b')) void event
    },
  },
  {
    code: 'TOKENIZER_INVALID',
    what: 'a segment the model has no row for',
    run: async () => {
      const folder = 'public/models/fill-in'
      const tokenizer = JSON.parse(readFileSync(`${folder}/tokenizer.json`, 'utf8')) as { post_processor: object }
      const single = [{ Sequence: { id: 'A', type_id: 7 } }]
      tokenizer.post_processor = { type: 'TemplateProcessing', single, pair: [], special_tokens: {} }
      const model = await door.loadEngine(
        { name: 'x', files: llama({ 'tokenizer.json': JSON.stringify(tokenizer) }, folder) },
        { device: 'reference' },
      )
      await model.read('The dog barked.')
    },
  },
  {
    code: 'TOKENIZER_INVALID',
    what: 'a tokenizer that doubles every letter, forty times',
    run: async () => {
      const tokenizer = JSON.parse(readFileSync(`${storyteller}/tokenizer.json`, 'utf8')) as {
        normalizer: object | null
      }
      tokenizer.normalizer = {
        type: 'Sequence',
        normalizers: Array.from({ length: 40 }, () => ({ type: 'Replace', pattern: { String: 'a' }, content: 'aa' })),
      }
      const model = await door.loadEngine(
        { name: 'x', files: llama({ 'tokenizer.json': JSON.stringify(tokenizer) }, storyteller) },
        { device: 'reference', context: 64 },
      )
      for await (const event of model.generate('banana')) void event
    },
  },
  {
    code: 'TOKENIZER_INVALID',
    what: 'a tokenizer that writes every vowel as a hundred letters, twice',
    run: async () => {
      const tokenizer = JSON.parse(readFileSync(`${storyteller}/tokenizer.json`, 'utf8')) as { decoder: object }
      const letters = [...'aeiou'].map((from) => ({
        type: 'Replace',
        pattern: { String: from },
        content: 'a'.repeat(100),
      }))
      tokenizer.decoder = { type: 'Sequence', decoders: [tokenizer.decoder, ...letters, ...letters] }
      const model = await door.loadEngine(
        { name: 'x', files: llama({ 'tokenizer.json': JSON.stringify(tokenizer) }, storyteller) },
        { device: 'reference', context: 64 },
      )
      for await (const event of model.generate('Once upon a time', { temperature: 0, maxTokens: 20 })) void event
    },
  },
  {
    code: 'TOKENIZER_UNSUPPORTED',
    what: 'a kind of model nobody knows',
    run: () => door.openTokenizerLab({ model: { type: 'Magic', vocab: {} } }),
  },
]

const down: Cause[] = [
  ...downloadCauses(host),
  { code: 'NETWORK', what: 'no connection', run: download({ status: () => 0 }) },
  { code: 'NETWORK', what: 'the login page of a network', run: download({ html: true }) },
  { code: 'HTTP_STATUS', what: 'a server that fails', run: download({ status: () => 503 }) },
  ...[401, 403, 404, 410, 429].map((status): Cause => ({
    code: 'HTTP_STATUS',
    what: `a file that answers ${status}`,
    run: download({ status: () => status }),
  })),
  ...[401, 403, 404].map((status): Cause => ({
    code: 'HTTP_STATUS',
    what: `a repository that answers ${status}`,
    run: hub(status),
  })),
  { code: 'HTTP_STATUS', what: 'a revision that is not there', run: hub(404, { revision: 'v9' }) },
  {
    code: 'HASH_MISMATCH',
    what: 'bytes that were changed on the way',
    run: download(
      {},
      {
        kind: 'served',
        base: 'https://files.example/',
        files: [{ name: 'a.gguf', size: 9000, sha256: 'b'.repeat(64) }],
      },
    ),
  },
  {
    code: 'STORAGE_CORRUPT',
    what: 'a chunk that changed on the disk',
    run: async () => {
      const { library } = host()
      const id = await damage(library, false)
      await library.using(id, (stored) => stored.get('a.gguf')!.read(0, 9000))
    },
  },
  {
    code: 'STORAGE_CORRUPT',
    what: 'a damaged model from this computer, loaded',
    run: () => loadDamaged({ kind: 'import' }),
  },
  {
    code: 'STORAGE_CORRUPT',
    what: 'a damaged download, loaded without network',
    run: () => loadDamaged({ kind: 'url', url: 'https://files.example/a.gguf' }),
  },
  {
    code: 'STORAGE_QUOTA',
    what: 'a full disk',
    run: () => {
      throw storageError(new DOMException('full', 'QuotaExceededError'), 'store "a.gguf"')
    },
  },
  {
    code: 'STORAGE_UNAVAILABLE',
    what: 'storage that is switched off',
    run: () => {
      throw storageError(new DOMException('denied', 'SecurityError'), 'open the storage')
    },
  },
  {
    code: 'STORAGE_QUOTA',
    what: 'a download that fills the disk',
    run: () => {
      const { library } = host(server({ 'https://files.example/a.gguf': noise(20_000) }).fetch)
      const run = library.db.run.bind(library.db) as (...args: unknown[]) => Promise<never>
      library.db.run = (what, stores, mode, work) =>
        stores.includes('chunks') && mode === 'readwrite' && !stores.includes('models')
          ? Promise.reject(storageError(new DOMException('full', 'QuotaExceededError'), what))
          : run(what, stores, mode, work)
      return library.add(
        { kind: 'served', base: 'https://files.example/', files: [{ name: 'a.gguf', size: 20_000 }] },
        undefined,
      )
    },
  },
  {
    code: 'STORAGE_UNAVAILABLE',
    what: 'a tab with an older version',
    run: async () => {
      await new Promise((resolve) => {
        indexedDB.open('causes-older', 1).onsuccess = resolve
      })
      await new Library(new Database('causes-older', 20, 500)).list()
    },
  },
  {
    code: 'STORAGE_UNAVAILABLE',
    what: 'a tab that deletes the data',
    run: async () => {
      await new Promise((resolve) => {
        indexedDB.open('causes-deleted', 1).onsuccess = resolve
      })
      indexedDB.deleteDatabase('causes-deleted')
      await new Library(new Database('causes-deleted', 500, 20)).list()
    },
  },
  {
    code: 'STORAGE_UNAVAILABLE',
    what: 'data of a newer version',
    run: async () => {
      await new Promise((resolve) => {
        indexedDB.open('causes-newer', 99).onsuccess = (event) => {
          ;(event.target as IDBOpenDBRequest).result.close()
          resolve(null)
        }
      })
      await new Library(new Database('causes-newer')).list()
    },
  },
]

const chatOf = (template: ChatTemplate): void => {
  const { error } = renderChat(template, [{ role: 'user', content: 'Hi' }], {}).notice!
  throw new EngineError(error!.code, error!.message, error!.facts)
}

const writing: Cause[] = [
  {
    code: 'TEMPLATE_FAILED',
    what: 'a template that refuses',
    run: () => runTemplate('{{ raise_exception("no system role") }}', {}),
  },
  { code: 'TEMPLATE_FAILED', what: 'a template file with nothing in it', run: () => chatOf(chatTemplateOf({}, '\n')) },
  {
    code: 'TEMPLATE_FAILED',
    what: 'templates for tools alone',
    run: () =>
      chatOf(
        chatTemplateOf(
          {
            chat_template: [
              { name: 'tool_use', template: 'T' },
              { name: 'rag', template: 'R' },
            ],
          },
          null,
        ),
      ),
  },
  {
    code: 'TEMPLATE_LIMIT',
    what: 'a template that runs for ever',
    run: () => runTemplate('{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}', {}),
  },
  {
    code: 'TEMPLATE_LIMIT',
    what: 'a template that is too long',
    run: () => runTemplate('x'.repeat(defaultBudget.source + 1), {}),
  },
  { code: 'PARAM_INVALID', what: 'a temperature below zero', run: () => answer('hi', { temperature: -1 }) },
  {
    code: 'PARAM_INVALID',
    what: 'a context of nothing',
    run: () => door.planModel({ name: 'x', files: llama() }, { context: 0 }),
  },
  { code: 'PARAM_INVALID', what: 'no prompt', run: () => answer('', {}) },
  { code: 'PARAM_INVALID', what: 'a damaged state of a run', run: () => tinyRun({ resume: {} as TrainState }) },
  {
    code: 'PARAM_INVALID',
    what: 'a look at a layer that is not there',
    run: async () => (await (await engine()).glass()).valueNorms(99),
  },
  { code: 'CONTEXT_FULL', what: 'a text longer than the context', run: () => answer('word '.repeat(99)) },
  { code: 'CONTEXT_FULL', what: 'more than fits behind what is there', run: () => checkFits(40, 30, 64) },
  {
    code: 'NUMERIC',
    what: 'a weight that is infinite',
    run: () =>
      door.loadEngine(
        { name: 'x', files: llama({ 'model.safetensors': gained(Infinity) }, storyteller) },
        { device: 'reference' },
      ),
  },
  {
    code: 'NUMERIC',
    what: 'a weight that is larger than the chosen format can hold',
    run: () =>
      door.loadEngine(
        {
          name: 'x',
          files: llama({
            'model.safetensors': ofFloats(1e5),
            'tokenizer.json': readFileSync(`${storyteller}/tokenizer.json`),
          }),
        },
        { device: 'reference', linear: 'f16' },
      ),
  },
  {
    code: 'NUMERIC',
    what: 'weights that make all tokens equal',
    run: async () => {
      const flat = await door.loadEngine(
        { name: 'x', files: llama({ 'model.safetensors': gained(0) }, storyteller) },
        { device: 'reference', context: 64 },
      )
      for await (const event of flat.generate('a')) void event
    },
  },
  {
    code: 'TRAIN_UNSUPPORTED',
    what: 'a model that fills blanks, to be taught',
    run: () => teach(diskModel('public/models/fill-in')),
  },
  {
    code: 'TRAIN_UNSUPPORTED',
    what: 'a model whose activation has no slope here, to be taught',
    run: () => teach({ name: 'x', files: llama({ 'config.json': configOf({ hidden_act: 'mish' }) }) }),
  },
  {
    code: 'TRAIN_UNSUPPORTED',
    what: 'a model whose keys and values are packed, to be taught',
    run: async () => {
      const { plan } = await openModel(diskModel(storyteller))
      const inside = { plan, size: { context: 16, chunk: 16, logitRows: 1, kvCache: 'int8' } } as unknown as Inspection
      await TrainSession.create(inside, differentiate(plan, new Set(), 8), 8)
    },
  },
  {
    code: 'DOCUMENT_REFUSED',
    what: 'a PDF where there is no thread to read it',
    run: () => readDocument('paper.pdf', new TextEncoder().encode('%PDF-1.7')),
  },
  {
    code: 'RECORDING_TOO_LONG',
    what: 'a recording of a whole book',
    run: () =>
      record({
        info: () => Promise.resolve({ layers: 32, heads: 32, hidden: 4096, length: 9000, kept: 0, unsupported: [] }),
      } as unknown as Glass),
  },
  {
    code: 'RECORDING_TOO_LONG',
    what: 'a page with less room than one layer takes',
    run: async () => {
      const glass = await openRecording(new Blob([readFileSync('public/traces/en.glasstrace')]))
      await sliceRun(glass, { panel: 'attention', layer: 0, position: 0, maxBytes: 9000 })
    },
  },
  {
    code: 'NUMERIC',
    what: 'logits that are no numbers',
    run: () => new Sampler(checkSampling({})).sample(Float32Array.of(1, NaN, 3), { top: 1 }),
  },
  { code: 'VIEW_ABSENT', what: 'the lens of a model without tokens', run: () => lookInto('tokens') },
  { code: 'VIEW_ABSENT', what: 'parts of a logit behind a bend', run: () => lookInto('linear') },
  { code: 'VIEW_ABSENT', what: 'parts of a sum that is normed', run: () => lookInto('sums') },
  { code: 'VIEW_ABSENT', what: 'the lens of an encoder beside a decoder', run: () => lookInto('source') },
  {
    code: 'VIEW_ABSENT',
    what: 'a recording of a text that is read whole',
    run: () =>
      record({
        info: () => Promise.resolve({ unsupported: [{ view: 'recording', reason: 'recording' }] }),
      } as unknown as Glass),
  },
  { code: 'VIEW_ABSENT', what: 'the lens of a recurrent layer', run: () => lookInto('recurrent') },
  { code: 'VIEW_ABSENT', what: 'the lens of a model with a stream that predicts', run: () => lookInto('streams') },
  {
    code: 'VIEW_ABSENT',
    what: 'a cut in scores that distances are in',
    run: () => {
      const part = 'body' as const
      requirePlain({ name: 'z', op: 'attention-relative', args: {}, params: {}, part, layer: 0 })
    },
  },
  {
    code: 'VIEW_ABSENT',
    what: 'attention of a model that has none',
    run: async () => {
      const { plan } = await openModel({ name: 'tiny', files: llama({}) }, { device: 'reference' })
      for (const site of Object.keys(plan.sites)) if (site.includes('.attn.')) delete plan.sites[site]
      requireAttention(plan, 0, 'attn')
    },
  },
  {
    code: 'VIEW_ABSENT',
    what: 'a look inside while virtual tokens stand before the text',
    run: () => refuseLead({ kind: 'rows', count: 1, rows: new Float32Array(8) }),
  },
  {
    code: 'VIEW_ABSENT',
    what: 'what adapters change of a model that has none',
    run: async () => (await (await engine()).glass()).adapterChange({ topK: 1 }),
  },
  {
    code: 'VIEW_ABSENT',
    what: 'what adapters change, asked of a recording',
    run: async () => (await openRecording(new Blob([readFileSync('public/traces/en.glasstrace')]))).adapterNorms(),
  },
  {
    code: 'VIEW_ABSENT',
    what: 'attention of a very long text whose distances are scored',
    run: () => pairsSide(12, 100_000),
  },
  {
    code: 'TASK_UNSUPPORTED',
    what: 'reading, asked of a model that writes',
    run: async () => (await engine()).read('a'),
  },
  ...(['source', 'ahead'] as const).map((how) => ({
    code: 'TASK_UNSUPPORTED' as const,
    what: `reading, asked of a model that writes: ${how}`,
    run: async () => {
      const { model } = (await scripted('a')).context
      const { plan } = model.runtime
      const programs = { decode: { ...plan.programs.decode, whole: true as const, ahead: true as const } }
      const other = how === 'source' ? { ...plan, start: 0 } : { ...plan, programs }
      await readText(new DecodingContext({ ...model, runtime: { ...model.runtime, plan: other } }), 'a')
    },
  })),
  {
    code: 'TASK_UNSUPPORTED',
    what: 'writing, asked of a model that reads',
    run: async () => {
      const { model } = (await scripted('a')).context
      const { plan } = model.runtime
      const programs = { decode: { ...plan.programs.decode, whole: true as const } }
      const runtime = { ...model.runtime, plan: { ...plan, programs } }
      await generate(new DecodingContext({ ...model, runtime }), 'a').next()
    },
  },
  {
    code: 'BUSY',
    what: 'two answers at once',
    run: async () => {
      const first = (await engine()).generate('a')
      await first.next()
      try {
        await answer('b')
      } finally {
        await first.return(undefined)
      }
    },
  },
  {
    code: 'BUSY',
    what: 'a model that another tab changes',
    run: () => {
      throw busyError('storyteller', 'exclusive')
    },
  },
  {
    code: 'BUSY',
    what: 'a model that is taught in another tab',
    run: async () => {
      const rows = new TeachingRows(new Database('taught'))
      const teaching = new Teaching(rows)
      await teaching.begin({ model: 'm', name: 'n', fresh: {}, options: { rows: [] } }, 'a')
      const learn = async function* (): AsyncGenerator<TrainEvent> {
        yield { type: 'sample', step: 0, index: 0, text: '' }
      }
      const first = teaching.run(learn)
      await first.next()
      try {
        await teaching.run(learn).next()
      } finally {
        await first.return(undefined)
        await rows.db.close()
      }
    },
  },
  { code: 'BUSY', what: 'a question to no model', run: () => host().call('tokenize', 'a') },
  { code: 'LINK_INVALID', what: 'a link cut short', run: () => unpack('abc') },
  { code: 'LINK_INVALID', what: 'a link of a later version', run: () => wire({ v: 99 }) },
  { code: 'LINK_INVALID', what: 'a link that somebody made', run: () => wire({ turns: 'none' }) },
  { code: 'LINK_TOO_LONG', what: 'a long conversation', run: () => pack({ ...run, system: noisy(9000).join(' ') }) },
  {
    code: 'LINK_TOO_LONG',
    what: 'a long answer',
    run: () =>
      pack({
        ...run,
        answer: { ids: noisy(9000).map((n) => n % 150_000), forced: [], redrawn: [], prompt: null, finish: 'stop' },
      }),
  },
  {
    code: 'LINK_TOO_LONG',
    what: 'edits with vectors',
    run: () =>
      pack({
        ...run,
        edits: [{ kind: 'patch', layer: 0, position: 0, values: noisy(9000).map((n) => Math.fround(n / 7)) }],
      }),
  },
  {
    code: 'CHAT_UNREADABLE',
    what: 'saving a chat that is not there',
    run: () => {
      setClient(fakeClient().client)
      return useHistory.getState().exportMarkdown('nowhere', {} as never)
    },
  },
  { code: 'CHAT_UNREADABLE', what: 'a chat whose row was damaged', run: () => openDamaged('Lily and the kite') },
  { code: 'CHAT_UNREADABLE', what: 'the same without a title', run: () => openDamaged('') },
  { code: 'CHAT_FILE', what: 'a file that is no export', run: () => history(new Blob(['{"a":1}'])) },
  { code: 'CHAT_FILE', what: 'a file of a gigabyte', run: () => history({ size: 1e9 } as Blob) },
  {
    code: 'WORKER_DIED',
    what: 'a worker that throws',
    run: () =>
      connection((worker) => worker.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }))),
  },
  { code: 'WORKER_TIMEOUT', what: 'a worker that says nothing', run: () => connection(() => undefined) },
  {
    code: 'ABORTED',
    what: 'a load that is stopped',
    run: () =>
      door.loadEngine(
        { name: 'x', files: llama({}, storyteller) },
        { device: 'reference', signal: AbortSignal.abort() },
      ),
  },
  { code: 'INTERNAL', what: 'a call nobody knows', run: () => host().call('nothing') },
]

export const causes: readonly Cause[] = [
  ...machine,
  ...files,
  ...adapterCauses,
  ...lessonCauses,
  ...formCauses,
  ...remoteCauses,
  ...adapterFileCauses,
  ...down,
  ...writing,
]
