// A worker with a fake engine that answers, hangs, blocks or dies on command, and a real tokenizer. Tests only.

import * as Comlink from 'comlink'
import { EngineError } from '../../engine/errors.ts'
import { openTokenizerLab } from '../../engine/tokenizer/lab/open.ts'
import type { GenerateEvent, GenerateStats, ModelInfo } from '../../engine/types.ts'
import { Database } from '../../storage/database.ts'
import { Library } from '../../storage/library.ts'
import type { EngineDoor } from '../api.ts'
import { createHost } from '../host.ts'
import { tinyTokenizer } from './tokenizer.ts'

const stats: GenerateStats = {
  promptTokens: 1,
  reusedTokens: 0,
  generatedTokens: 0,
  prefillSeconds: 0,
  decodeSeconds: 0,
  prefillPerSecond: null,
  decodePerSecond: null,
  dispatchesPerToken: 0,
  submitsPerToken: 0,
  readBytesPerToken: 0,
  drafted: 0,
  accepted: 0,
}
const bytes = { weights: 1, cache: 1, activations: 1, total: 3, largestBinding: 1 }
const info: ModelInfo = {
  name: 'fake',
  title: null,
  family: 'fake',
  parameters: 1,
  layers: 1,
  hidden: 1,
  heads: 1,
  does: ['generate'],
  parts: ['attention'],
  adapters: [],
  mask: null,
  kvHeads: 1,
  headDim: 1,
  vocab: 1,
  context: 8,
  maxContext: 16,
  contextLimit: 16,
  formats: {
    linear: 'f32',
    embedding: 'f32',
    head: 'f32',
    tied: true,
    held: [{ type: 'F32', tensors: 1, bytes: 2 ** 27, becomes: 'f32' }],
    kinds: [{ format: 'f32', tensors: 8, bytes: 4096 }],
  } as ModelInfo['formats'],
  bytes,
  dispatchesPerToken: 1,
  weightBytesPerToken: 1,
  format: null,
  hasChatTemplate: false,
  chats: false,
  tools: false,
  adapter: null,
  device: null,
  rejectedKernels: [],
  notices: [],
}
const adapter = { name: '', kind: 'LoRA', scale: 1, rank: 2, modules: [], parameters: 4, ignored: [] }
/** How many tokens the last answer made: how soon a stop was seen. */
let made = 0

const sizes = { linear: { usual: null, sizes: [] }, embedding: { usual: null, sizes: [] } }

const door: EngineDoor = {
  async loadEngine({ name, files }, { onProgress, onNotice, signal }) {
    for (const [i, file] of [...files.values()].entries()) {
      onProgress?.({ phase: 'upload', loaded: i, total: files.size })
      await file.read(0, file.size)
      if (name === 'busy') for (const end = Date.now() + 1200; Date.now() < end;);
      if (name === 'deaf') await new Promise(() => undefined)
      if (name === 'slow' && !signal?.aborted) {
        await new Promise<void>((_, reject) => {
          signal?.addEventListener('abort', () => reject(new EngineError('ABORTED', 'stopped')))
        })
      }
      if (signal?.aborted) throw new EngineError('ABORTED', 'stopped')
    }
    let lose = (_: EngineError): void => undefined
    const lost = new Promise<EngineError>((resolve) => {
      lose = resolve
    })
    return {
      info: { ...info, name },
      lost,
      dispose: () => undefined,
      glass: () => Promise.resolve({ attentionError: (layer: number) => Promise.resolve(layer) } as never),
      bench: () => Promise.resolve({} as never),
      tokenize: () => ({ ids: [made], texts: [''] }),
      read: () => Promise.reject(new EngineError('TASK_UNSUPPORTED', 'it writes', { asked: 'read' })),
      scan: () => Promise.resolve(null),
      setAdapter: (name, scale) => Promise.resolve([{ ...adapter, name, scale }]),
      async *train() {
        yield { type: 'end', why: 'done', step: 0 }
      },
      trainingRow: () => Promise.resolve({ ids: [], texts: [], isTarget: [], cut: 0 }),
      saveAdapter: () => Promise.resolve({}),
      lab: () => openTokenizerLab(tinyTokenizer()),
      async *generate(input, options = {}): AsyncGenerator<GenerateEvent> {
        const text = input as string
        yield { type: 'prompt', ids: [1], answerFrom: 1, reused: 0, text }
        if (text === 'lose') lose(new EngineError('GPU_LOST', 'gone', { reason: 'test' }))
        if (text === 'fewer') onNotice?.({ code: 'THREAD_ENDED', facts: { threads: 3 } })
        if (text === 'refuse') throw new EngineError('CONTEXT_FULL', 'too long', { context: 8, count: 9 })
        if (text === 'die') {
          setTimeout(() => {
            throw new Error('planted')
          })
        }
        if (text === 'close') close()
        if (text === 'block') for (const end = Date.now() + 60_000; Date.now() < end;);
        if (text === 'clone') self.dispatchEvent(new MessageEvent('messageerror'))
        if (text === 'die' || text === 'hang' || text === 'clone') await new Promise(() => undefined)
        made = 0
        for (let i = 0; i < (options.maxTokens ?? 10) && !options.signal?.aborted; i++, made++) {
          const view = new Uint8Array(new ArrayBuffer(1000), 10, 2)
          yield {
            type: 'token',
            index: i,
            position: i,
            id: i,
            bytes: view,
            text: `${i} `,
            logprob: 0,
            rank: 0,
            entropy: 0,
            top: [],
            stages: [],
            draw: null,
          }
        }
        yield {
          type: 'done',
          reason: options.signal?.aborted ? 'aborted' : 'length',
          text: '',
          stats: { ...stats, generatedTokens: made },
        }
      },
    }
  },
  openTokenizerLab: async (json) => openTokenizerLab(json),
  newAdapter: () => Promise.resolve(new Map()),
  mergeAdapter: () => Promise.resolve(new Map()),
  async *induction() {},
  adapterSummary: (files) =>
    Promise.resolve(
      [...files.keys()].some((name) => name.endsWith('adapter_config.json')) ? { kind: 'LoRA', base: null } : null,
    ),
  planModel: ({ files }) => Promise.resolve({ info: { ...info, parameters: files.size }, planText: 'plan', sizes }),
  weightErrors: () => Promise.reject(new Error('not asked')),
}

addEventListener('messageerror', () => {
  throw new Error('a message could not be read')
})
Comlink.expose(createHost(door, new Library(new Database('worker-test'), { chunkBytes: 4096 })))
