// An induction head is born: two layers of attention, or an LSTM, learn from nothing that blocks of tokens repeat. What is told of
// them is measured in the model that learns, on texts that it never learns from: how often the next token of a repeat is right,
// and where each head looks.
//
// A head of the second layer that looks behind the last occurrence of a token needs one of the first that looks at the token
// before: neither helps alone, so that both come late and at once.

import { EngineError } from '../errors.ts'
import type { Plan } from '../model/plan.ts'
import { known } from '../options.ts'
import { shown } from '../sampler/params.ts'
import type { LoadOptions, ModelInfo, ModelSource, Prompt } from '../types.ts'
import type { TrainEvent, TrainOptions, TrainState } from './events.ts'
import { prefixMatching, previousToken, repeats, type Repeated } from './repeats.ts'
import { scratchModel } from './scratch.ts'

export interface InductionOptions {
  /** default 'attention' */
  kind?: 'attention' | 'lstm'
  /** default 64, of an LSTM all of them one layer */
  hidden?: number
  /** different tokens, of at most 62, and tokens of a text; default 32 of each */
  words?: number
  length?: number
  /** updates, and texts of each; default 300, 16 */
  steps?: number
  batch?: number
  lr?: number
  /** of the model's numbers and of the texts; default 0 */
  seed?: number
  /** updates between two looks; default 10 */
  every?: number
  /** where it runs; default: as loadEngine chooses */
  load?: Pick<LoadOptions, 'device' | 'threads' | 'startThread' | 'gpu' | 'selfCheck'>
  /** goes on from a `saved` state of the same options, to the same bits; what was seen before is not looked at again */
  resume?: TrainState
  /** ends it behind the update that runs */
  signal?: AbortSignal
}

const optionNames: Record<keyof InductionOptions, true> = {
  kind: true,
  hidden: true,
  words: true,
  length: true,
  steps: true,
  batch: true,
  lr: true,
  seed: true,
  every: true,
  load: true,
  resume: true,
  signal: true,
}

/** A look at the model between two updates, and before the first. */
export interface InductionLook {
  type: 'look'
  step: number
  /** nats per token of repeats, and the part of these that is the likeliest */
  loss: number
  right: number
  /** attention by layer and head, 0 to 1: from repeated tokens to those behind their occurrences before; to the token before */
  prefix: number[]
  previous: number[]
  /** in one text, the same each time: p · 255 by (layer, head, query, key); an LSTM has none */
  frame: { texts: readonly string[]; layers: number; heads: number; cells: Uint8Array } | null
}
export type InductionEvent =
  | TrainEvent
  | InductionLook
  /** behind the end: the model as the files of a checkpoint */
  | { type: 'model'; files: Record<string, Uint8Array> }

/** What is asked of an engine. */
interface Learner {
  info: ModelInfo
  plan: Plan
  generate(input: Prompt, options: { maxTokens: number; temperature: number }): AsyncGenerator
  glass(): Promise<{
    tokens(): Promise<{ text: string; logprob: number | null; rank: number | null }[]>
    attention(request: {
      layer: number
      heads: number[]
      rows: [number, number]
      cols: [number, number]
      maxRows: number
      maxCols: number
    }): Promise<{ values: Float32Array }>
  }>
  train(options: TrainOptions): AsyncGenerator<TrainEvent>
  saveModel(): Promise<Record<string, Uint8Array>>
  dispose(): void
}

/** Texts that it is looked at in. */
const LOOKED_AT = 12
/** Tokens of a block at least. */
const LEAST = 4

/** @param open loadEngine @throws PARAM_INVALID and what loading and training throw */
export async function* induction(
  open: (source: ModelSource, options: LoadOptions) => Promise<Learner>,
  options: InductionOptions,
): AsyncGenerator<InductionEvent> {
  known('train', options, optionNames)
  const { kind = 'attention', hidden = 64, words = 32, length = 32, steps = 300, batch = 16, lr = 1e-2 } = options
  const { seed = 0, every = 10, load = {}, resume, signal } = options
  const ranges: Record<string, [value: number, low: number, high: number]> = {
    steps: [steps, 1, 5000],
    batch: [batch, 1, 64],
    length: [length, 2 * LEAST, 64],
    words: [words, Math.ceil(length / 2), 62],
    every: [every, 1, 5000],
    seed: [seed, 0, 2 ** 32],
  }
  for (const [param, [value, low, high]] of Object.entries(ranges)) {
    if (Number.isInteger(value) && value >= low && value <= high) continue
    const need = `a whole number from ${low} to ${high}`
    throw new EngineError('PARAM_INVALID', `Cannot train with "${param}" = ${shown(value)}: it must be ${need}.`, {
      param,
      need,
      found: shown(value),
    })
  }
  const files = scratchModel({ kind, words, hidden, seed })
  const engine = await open(
    { name: kind, files },
    { ...load, linear: 'keep', embedding: 'keep', context: length + 1, ...(signal && { signal }) },
  )
  try {
    const rows = repeats(batch * steps, 2 * seed + 1, words, length, LEAST).map(({ ids }) => ({ ids }))
    const texts = repeats(LOOKED_AT, 2 * seed + 2, words, length, LEAST)
    const set = {
      adapter: null,
      rows,
      steps,
      batch,
      lr,
      warm: 20,
      schedule: 'constant' as const,
      beta2: 0.98,
      seed,
      heldOut: 0,
      every: steps,
    }
    for await (const event of engine.train({ ...set, ...(signal && { signal }), ...(resume && { resume }) })) {
      yield event
      if (event.type === 'begin' && !resume) yield await look(engine, texts, 0)
      if (event.type === 'step' && (event.step % every === 0 || event.step === steps)) {
        yield await look(engine, texts, event.step)
      }
    }
    yield { type: 'model', files: await engine.saveModel() }
  } finally {
    engine.dispose()
  }
}

async function look(engine: Learner, texts: readonly Repeated[], step: number): Promise<InductionLook> {
  const { layers, heads } = engine.info
  const attends = Object.values(engine.plan.steps).some(({ op }) => op.includes('attention'))
  const places = attends ? layers * heads : 0
  const [prefix, previous] = [new Array<number>(places).fill(0), new Array<number>(places).fill(0)]
  const glass = await engine.glass()
  let [loss, right, count] = [0, 0, 0]
  let frame: InductionLook['frame'] = null
  for (const { ids, period } of texts) {
    const n = ids.length
    for await (const event of engine.generate({ ids }, { maxTokens: 1, temperature: 0 })) void event
    const tokens = (await glass.tokens()).slice(0, n)
    for (const { logprob, rank } of tokens.slice(period)) {
      loss -= logprob!
      right += Number(rank === 0)
      count++
    }
    const cells = new Uint8Array(places * n * n)
    for (let layer = 0; attends && layer < layers; layer++) {
      const all = Array.from({ length: heads }, (_, head) => head)
      const { values } = await glass.attention({
        layer,
        heads: all,
        rows: [0, n],
        cols: [0, n],
        maxRows: n,
        maxCols: n,
      })
      for (const head of all) {
        const own = values.subarray(head * n * n, (head + 1) * n * n)
        const place = layer * heads + head
        prefix[place]! += prefixMatching(own, n, period) / texts.length
        previous[place]! += previousToken(own, n) / texts.length
        own.forEach((p, i) => (cells[place * n * n + i] = Math.round(255 * (Number.isNaN(p) ? 0 : p))))
      }
    }
    if (attends) frame ??= { texts: tokens.map(({ text }) => text), layers, heads, cells }
  }
  return { type: 'look', step, loss: loss / count, right: right / count, prefix, previous, frame }
}
