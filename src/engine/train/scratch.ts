// A model that has learnt nothing yet, as the files of a checkpoint, small enough to learn in seconds: a LLaMA, a LLaMA of
// attention alone, or an LSTM. Letters are its tokens.
//
// Numbers are of normal distributions with mean 0. LLaMA: the embedding's deviation is 1, a matrix's with n columns n^-½, half of
// that where it writes into the residual (o, down). LSTM: the embedding's 1, all else uniform within ± H^-½, as PyTorch's.
// Without MLPs they are there all the same, as a LLaMA's must be, and all zeros: they add nothing, and as every factor of their
// products is zero, so are their gradients, and they stay.

import { bytesSource, type ModelFiles } from '../formats/bytes.ts'
import { EngineError } from '../errors.ts'
import { describe } from '../model/families/index.ts'
import { lower } from '../model/lower.ts'
import { known } from '../options.ts'
import { shown } from '../sampler/params.ts'
import { Pcg32 } from '../sampler/pcg.ts'
import { writeSafetensors } from './peft.ts'

export interface ScratchModel {
  /** a LLaMA; the same without MLPs; an LSTM */
  kind: 'decoder' | 'attention' | 'lstm'
  /** letters that it knows: its tokens; default 32, at most 62 */
  words?: number
  /** default 64; of a LLaMA a multiple of twice the heads */
  hidden?: number
  /** of each layer; an LSTM has none; default 2 */
  heads?: number
  /** default 2, of an LSTM 1 */
  layers?: number
  /** tokens of a text at most; default 64 */
  context?: number
  /** of its numbers; default 0 */
  seed?: number
}

const optionNames: Record<keyof ScratchModel, true> = {
  kind: true,
  words: true,
  hidden: true,
  heads: true,
  layers: true,
  context: true,
  seed: true,
}

const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
/** Columns of MLPs that do nothing, and of the others for each of the residual's. */
const NOTHING = 8
const WIDE = 3

type Shape = Required<Omit<ScratchModel, 'kind'>>

/** Numbers of a normal distribution, mean 0 and deviation 1 (Box & Muller 1958). */
const normal = (random: Pcg32): (() => number) => {
  return () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform())
}

/** config.json of a LLaMA. @param wide columns of its MLPs */
const llama = ({ words, hidden, heads, layers, context }: Shape, wide: number) => ({
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: words,
  hidden_size: hidden,
  intermediate_size: wide,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  num_key_value_heads: heads,
  head_dim: hidden / heads,
  rms_norm_eps: 1e-5,
  max_position_embeddings: context,
  tie_word_embeddings: false,
  rope_theta: 10000,
  hidden_act: 'silu',
  attention_bias: false,
  mlp_bias: false,
  torch_dtype: 'float32',
})

const lstm = ({ words, hidden, layers, context }: Shape) => ({
  architectures: ['LSTMForCausalLM'],
  model_type: 'lstm',
  vocab_size: words,
  embedding_size: hidden,
  hidden_size: hidden,
  num_hidden_layers: layers,
  max_position_embeddings: context,
  tie_word_embeddings: false,
  torch_dtype: 'float32',
})

/** Numbers of every tensor that a model of this config is made of. */
function tensorsOf(config: Record<string, unknown>, kind: ScratchModel['kind'], random: Pcg32) {
  const { weights, vectors, steps, dims } = lower(describe(config), () => false)
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>()
  const put = (name: string, shape: readonly number[], next: () => number): void => {
    const count = shape.reduce((n, axis) => n * axis, 1)
    tensors.set(name, { shape, values: Float32Array.from({ length: count }, next) })
  }
  const next = normal(random)
  const even = (): number => (2 * random.uniform() - 1) * dims.D ** -0.5
  for (const [name, { parts, rows, cols, role }] of Object.entries(weights)) {
    const step = steps.find(({ args }) => args['weight'] === name)!.name
    const by = role === 'embedding' ? 1 : cols ** -0.5 * (/\.(o|down)$/.test(step) ? 0.5 : 1)
    const isNothing = kind === 'attention' && /\.mlp\./.test(step)
    const one = isNothing ? () => 0 : kind === 'lstm' && role !== 'embedding' ? even : () => by * next()
    put(parts[0]!.tensor, [rows, cols], one)
  }
  for (const { parts, length } of Object.values(vectors)) {
    put(parts[0]!.tensor, [length], kind === 'lstm' ? even : () => 1)
  }
  return tensors
}

/** @throws PARAM_INVALID */
function shapeOf({ kind, words = 32, hidden = 64, heads = 2, layers, context = 64, seed = 0 }: ScratchModel): Shape {
  const shape = { words, hidden, heads, layers: layers ?? (kind === 'lstm' ? 1 : 2), context, seed }
  const wrong = (param: string, need: string, found: unknown): EngineError =>
    new EngineError('PARAM_INVALID', `Cannot make a model with "${param}" = ${shown(found)}: it must be ${need}.`, {
      param,
      need,
      found: shown(found),
    })
  if (!['decoder', 'attention', 'lstm'].includes(kind)) throw wrong('kind', "'decoder', 'attention' or 'lstm'", kind)
  const sizes = { words: [2, alphabet.length], hidden: [1, 1024], heads: [1, 64], layers: [1, 16], context: [2, 4096] }
  const ranges = { ...sizes, seed: [0, Number.MAX_SAFE_INTEGER] }
  for (const [param, [low, high]] of Object.entries(ranges)) {
    const value = shape[param as keyof Shape]
    if (Number.isInteger(value) && value >= low! && value <= high!) continue
    throw wrong(param, `a whole number from ${low} to ${high}`, value)
  }
  if (kind !== 'lstm' && hidden % (2 * heads) !== 0) throw wrong('hidden', `a multiple of ${2 * heads}`, hidden)
  return shape
}

/** config.json, model.safetensors and tokenizer.json. @throws PARAM_INVALID */
export function scratchModel(options: ScratchModel): ModelFiles {
  known('make a model', options, optionNames)
  const { kind } = options
  const shape = shapeOf(options)
  const config = kind === 'lstm' ? lstm(shape) : llama(shape, kind === 'attention' ? NOTHING : WIDE * shape.hidden)
  const tensors = tensorsOf(config, kind, new Pcg32(BigInt(shape.seed)))
  const vocab = Object.fromEntries([...alphabet].slice(0, shape.words).map((letter, id) => [letter, id]))
  const tokenizer = {
    version: '1.0',
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: { type: 'Fuse' },
    added_tokens: [],
    model: { type: 'BPE', vocab, merges: [] },
  }
  const text = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
  const files = {
    'config.json': text(config),
    'tokenizer.json': text(tokenizer),
    'model.safetensors': writeSafetensors(tensors),
  }
  return new Map(Object.entries(files).map(([name, bytes]) => [name, bytesSource(name, bytes)]))
}
