// T5, Flan-T5, mT5: an encoder reads the source both ways, a decoder writes with cross-attention to it. RMS pre-norm, no
// biases, scores without a scale; positions are numbers added to the scores by distance, one table for each stack, in
// buckets. Raffel et al. 2020 (arXiv 1910.10683); values of keys that a config leaves out as transformers' T5Config and
// MT5Config have them. A file of the encoder alone is one that reads.

import { activationNames, findActivation, type Activation } from '../../ops/activations.ts'
import type { GgufKeys } from '../../formats/family.ts'
import type { Attention, Branch, Config, Family, GatedMlp, Mlp, RmsNorm, ShapeOf, Stack } from '../describe.ts'
import { any, notComputed } from '../keys.ts'
import { eachToken } from './tasks.ts'

/**
 * Which of its networks the files hold, as the class that wrote them says: both stacks, the encoder alone, or that with
 * labels for each token.
 * @throws FAMILY_UNSUPPORTED for labels of what the decoder makes of a text
 */
function networkOf(config: Config): 'both' | 'encoder' | 'labels' {
  const classes = config.raw('architectures'),
    names = Array.isArray(classes) ? classes.filter((name) => typeof name === 'string') : []
  const other = names.find((name) => /T5For(SequenceClassification|QuestionAnswering)$/.test(name))
  if (other) throw notComputed('t5', 'architectures', other)
  if (names.some((name) => name.endsWith('ForTokenClassification'))) return 'labels'
  const both = config.flag('is_encoder_decoder', true)
  return !both || names.some((name) => name.endsWith('EncoderModel')) ? 'encoder' : 'both'
}

/** "relu", or "gated-" and a name; "gated-gelu" means the tanh form. */
function feedForward(config: Config, usual: string): { act: Activation; gated: boolean } {
  const words = config.text('feed_forward_proj', usual)
  const [, gate, name] = /^(gated-)?([^-]+)$/.exec(words) ?? []
  const act = findActivation(words === 'gated-gelu' ? 'gelu_new' : (name ?? ''))
  if (!act) throw notComputed('t5', 'feed_forward_proj', `${words} (known: ${activationNames().join(', ')})`)
  // two more keys say the same again
  const said = config.has('dense_act_fn') ? findActivation(config.text('dense_act_fn')) : act
  if (said !== act) throw config.invalid('dense_act_fn', `the activation of feed_forward_proj, ${words}`, said)
  const gated = gate !== undefined
  if (config.flag('is_gated_act', gated) !== gated) {
    throw config.invalid('is_gated_act', `${gated}, as feed_forward_proj is ${words}`, !gated)
  }
  return { act, gated }
}

function describe(config: Config, shapeOf: ShapeOf, plainIn = 'wi'): ReturnType<Family['describe']> {
  const isMt5 = config.text('model_type', 't5') === 'mt5'
  const layers = config.count('num_layers', isMt5 ? 8 : 6),
    eps = config.number('layer_norm_epsilon', 1e-6),
    buckets = config.count('relative_attention_num_buckets', 32),
    reach = config.count('relative_attention_max_distance', 128)
  // a fourth of them on each side is for one distance each, in the decoder a half: the logarithm begins behind
  if (buckets < 4) throw config.invalid('relative_attention_num_buckets', 'a whole number from 4 to 65536', buckets)
  if (reach <= buckets / 2) {
    throw config.invalid('relative_attention_max_distance', `a number above ${buckets / 2}`, reach)
  }
  const { act, gated } = feedForward(config, isMt5 ? 'gated-gelu' : 'relu')
  const dims = {
    layers: config.count('num_decoder_layers', layers),
    D: config.count('d_model', 512),
    H: config.count('num_heads', isMt5 ? 6 : 8),
    K: config.count('num_heads', isMt5 ? 6 : 8),
    d: config.count('d_kv', 64),
    F: config.count('d_ff', isMt5 ? 1024 : 2048),
    V: config.count('vocab_size', isMt5 ? 250112 : 32128),
    maxContext: config.count('n_positions', 512),
  }
  const norm = (at: string): RmsNorm => ({ kind: 'rms', at, eps })
  const attention = (at: string, sees: Attention['sees'], stack: string): Branch => ({
    norm: norm(`${at.slice(0, at.lastIndexOf('.'))}.layer_norm`),
    body: {
      kind: 'attention',
      scale: 1,
      rope: null,
      sees,
      window: 0,
      q: { at: `${at}.q` },
      k: { at: `${at}.k` },
      v: { at: `${at}.v` },
      out: { at: `${at}.o` },
      ...(sees !== 'source' && {
        bias: {
          kind: 'buckets',
          tensor: `${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`,
          buckets,
          reach,
        },
      }),
    },
  })
  const dense = (at: string): Branch => {
    const one = (name: string) => ({ at: `${at}.DenseReluDense.${name}` })
    const body: Mlp | GatedMlp = gated
      ? { kind: 'gated-mlp', act, gate: one('wi_0'), up: one('wi_1'), down: one('wo') }
      : { kind: 'mlp', act, up: one(plainIn), down: one('wo') }
    return { norm: norm(`${at}.layer_norm`), body }
  }
  const network = networkOf(config)
  // the class with labels keeps its encoder under a name
  const root = network === 'labels' && shapeOf('transformer.shared.weight') ? 'transformer.' : ''
  const encoder: Stack = {
    embed: { at: `${root}shared`, called: `${root}encoder.embed_tokens` },
    layers,
    block: () => ({
      at: `${root}encoder.block.{i}`,
      branches: [attention('layer.0.SelfAttention', 'both', `${root}encoder`), dense('layer.1')],
    }),
    norm: norm(`${root}encoder.final_layer_norm`),
  }
  if (network !== 'both') {
    const { norm: last, ...stack } = encoder
    const labels = network === 'labels' && eachToken('TokenClassification', config, shapeOf)
    const head = { norm: last!, ...(labels && { labels: [labels] }) }
    return { family: 't5', dims: { ...dims, layers }, ...stack, head, whole: true }
  }
  // the first T5 scaled what its head reads; files of transformers 5 say so, others by whether the head is the embedding
  const isScaled = !isMt5 && config.flag('scale_decoder_outputs', config.flag('tie_word_embeddings', true))
  return {
    family: 't5',
    dims,
    encoder,
    embed: { at: 'shared', called: 'decoder.embed_tokens' },
    block: () => ({
      at: 'decoder.block.{i}',
      branches: [
        attention('layer.0.SelfAttention', 'causal', 'decoder'),
        attention('layer.1.EncDecAttention', 'source', 'decoder'),
        dense('layer.2'),
      ],
    }),
    head: {
      norm: norm('decoder.final_layer_norm'),
      tokens: {
        at: 'lm_head',
        tied: config.flag('tie_word_embeddings', true),
        ...(isScaled && { by: dims.D ** -0.5 }),
      },
    },
    start: config.number('decoder_start_token_id|pad_token_id', 0),
  }
}

// ---- the same in a GGUF ----------------------------------------------------

const blockNames = (own: string, file: string, cross: boolean): Record<string, string> => {
  const attention = (layer: string, name: string): Record<string, string> =>
    Object.fromEntries(
      [...['q', 'k', 'v', 'o'], 'relative_attention_bias'].map((word) => [
        `${own}.block.{i}.layer.${layer}.${word}`,
        `${file}.blk.{i}.${name}_${word === 'relative_attention_bias' ? 'rel_b' : word}`,
      ]),
    )
  const mlp = `${own}.block.{i}.layer.${cross ? 2 : 1}`
  return {
    ...attention('0.SelfAttention', 'attn'),
    [`${own}.block.{i}.layer.0.layer_norm`]: `${file}.blk.{i}.attn_norm`,
    ...(cross && {
      ...attention('1.EncDecAttention', 'cross_attn'),
      [`${own}.block.{i}.layer.1.layer_norm`]: `${file}.blk.{i}.cross_attn_norm`,
    }),
    [`${mlp}.layer_norm`]: `${file}.blk.{i}.ffn_norm`,
    [`${mlp}.DenseReluDense.wi_0`]: `${file}.blk.{i}.ffn_gate`,
    [`${mlp}.DenseReluDense.wi_1`]: `${file}.blk.{i}.ffn_up`,
    [`${mlp}.DenseReluDense.wo`]: `${file}.blk.{i}.ffn_down`,
    [`${own}.final_layer_norm`]: `${file}.output_norm`,
  }
}

/** What llama.cpp takes for granted: how far distances are told apart, and which activations there are. */
const configOf = (keys: GgufKeys, encoderAlone: boolean): Record<string, unknown> => {
  const { hidden, heads, headDim } = keys.sizes()
  const layers = keys.requiredCount('block_count'),
    gated = keys.shape('enc.blk.0.ffn_gate.weight') !== undefined
  const start = keys.number('decoder_start_token_id'),
    eps = keys.number('attention.layer_norm_epsilon') // the converter writes both
  return {
    architectures: [encoderAlone ? 'T5EncoderModel' : 'T5ForConditionalGeneration'],
    d_model: hidden,
    num_heads: heads,
    d_kv: headDim,
    d_ff: keys.required('feed_forward_length'),
    num_layers: layers,
    num_decoder_layers: keys.count('decoder_block_count') ?? layers,
    vocab_size: keys.shape('token_embd.weight')?.[0],
    n_positions: keys.required('context_length'),
    layer_norm_epsilon:
      keys.number('attention.layer_norm_rms_epsilon') ?? eps ?? keys.required('attention.layer_norm_rms_epsilon'),
    relative_attention_num_buckets: keys.required('attention.relative_buckets_count'),
    relative_attention_max_distance: 128,
    feed_forward_proj: gated ? 'gated-gelu' : 'relu',
    // the first T5 alone scales, and shares its embedding with the head
    scale_decoder_outputs: !gated && !keys.shape('output.weight'),
    ...(start !== undefined && { decoder_start_token_id: start }),
  }
}

const files: Pick<Family, 'modules' | 'buffers'> = {
  modules: { root: '', embed: 'shared', blocks: 'decoder.block', others: ['encoder', 'decoder'], heads: ['lm_head'] },
  // the embedding under its other names, and a table that cross-attention does not use
  buffers:
    /^(transformer\.)?(encoder|decoder)\.embed_tokens\.weight$|EncDecAttention\.relative_attention_bias\.weight$/,
}

const keys: readonly string[] = [
  ...['model_type', 'architectures', 'vocab_size', 'd_model', 'd_kv', 'd_ff', 'num_layers', 'num_decoder_layers'],
  ...['num_heads', 'relative_attention_num_buckets', 'relative_attention_max_distance', 'layer_norm_epsilon'],
  ...['feed_forward_proj', 'n_positions', 'tie_word_embeddings', 'scale_decoder_outputs', 'decoder_start_token_id'],
  ...['is_encoder_decoder', 'dense_act_fn', 'is_gated_act', 'pad_token_id', 'quantization_config'],
]

const layout = (arch: string): Family['gguf'] => ({
  arch,
  names: {
    shared: 'token_embd',
    lm_head: 'output',
    ...blockNames('encoder', 'enc', false),
    ...blockNames('decoder', 'dec', true),
  },
  config: (file) => configOf(file, arch === 't5encoder'),
  // the one matrix into a plain MLP has the name of a gated one's second
  describe: (config, shapeOf) => describe(config, shapeOf, 'wi_1'),
})

const t5Like: Omit<Family, 'name' | 'gguf'> = {
  types: ['t5', 'mt5'],
  keys,
  // to the others these say nothing
  off: { architectures: any, decoder_start_token_id: any, pad_token_id: any, n_positions: any },
  ...files,
  describe: (config, shapeOf) => describe(config, shapeOf),
}

export const t5: Family = { name: 't5', ...t5Like, gguf: layout('t5') }
/** The encoder alone has an architecture of its own in GGUF files; in others it is told by its class. */
export const t5Encoder: Family = { name: 't5-encoder', ...t5Like, gguf: layout('t5encoder') }
