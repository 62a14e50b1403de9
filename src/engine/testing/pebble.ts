// A family that exists in tests only: nothing of it is called as in LLaMA, neither in its checkpoints nor in its GGUFs,
// and it computes with a key of its own. Its converter turns the rows of every key head upside down, and multiplies the
// score factor d^-1/2 into the queries: rows are put back while reading, the second is another network.
// What one file says here is all that the loader has to know of a family.

import type { RowOrder } from '../formats/family.ts'
import type { Config, Family } from '../model/describe.ts'
import { readRope } from '../model/rope.ts'

const upsideDown = (heads: number): RowOrder => ({ heads, fileRow: (row, rows) => rows - 1 - row })

/** @param folded the queries hold d^-1/2 already */
function network(config: Config, folded: boolean): ReturnType<Family['describe']> {
  const [D, H] = [config.count('width'), config.count('queries')]
  const d = D / H
  const maxContext = config.count('reach')
  const rope = readRope(config, d, maxContext)
  const rms = (at: string) => ({ kind: 'rms' as const, at, eps: 1e-5 })
  return {
    family: 'pebble',
    dims: {
      layers: config.count('depth'),
      D,
      H,
      d,
      K: config.count('pairs'),
      F: config.count('inner'),
      V: config.count('words'),
      maxContext,
    },
    embed: { at: 'core.words' },
    block: () => ({
      at: 'core.stack.{i}',
      branches: [
        {
          norm: rms('before'),
          body: {
            kind: 'attention',
            scale: config.number('sharpness', 1) / (folded ? 1 : Math.sqrt(d)),
            rope,
            sees: 'causal',
            window: 0,
            q: { at: 'mix.ask', bias: true },
            k: { at: 'mix.key', bias: true },
            v: { at: 'mix.tell' },
            out: { at: 'mix.join' },
          },
        },
        {
          norm: rms('between'),
          body: {
            kind: 'gated-mlp',
            act: 'relu',
            gate: { at: 'think.door' },
            up: { at: 'think.wide' },
            down: { at: 'think.back' },
          },
        },
      ],
    }),
    head: { norm: rms('core.last'), tokens: { at: 'guess', tied: false } },
  }
}

export const pebble: Family = {
  name: 'pebble',
  types: ['pebble'],
  keys: ['model_type', 'width', 'depth', 'queries', 'pairs', 'inner', 'words', 'reach', 'sharpness'],
  modules: { root: 'core.', embed: 'words', blocks: 'stack', others: ['last'], heads: ['guess'] },
  gguf: {
    arch: 'pebble',
    names: {
      'core.words': 'tok',
      'core.last': 'end_norm',
      guess: 'guess',
      'core.stack.{i}.before': 'layer.{i}.norm_a',
      'core.stack.{i}.mix.ask': 'layer.{i}.ask',
      'core.stack.{i}.mix.key': 'layer.{i}.key',
      'core.stack.{i}.mix.tell': 'layer.{i}.tell',
      'core.stack.{i}.mix.join': 'layer.{i}.join',
      'core.stack.{i}.between': 'layer.{i}.norm_b',
      'core.stack.{i}.think.door': 'layer.{i}.door',
      'core.stack.{i}.think.wide': 'layer.{i}.wide',
      'core.stack.{i}.think.back': 'layer.{i}.back',
    },
    rows: { 'core.stack.{i}.mix.key': ({ pairs }) => upsideDown(pairs as number) },
    config: (keys) => {
      const { hidden, heads } = keys.sizes()
      return {
        width: hidden,
        depth: keys.requiredCount('block_count'),
        queries: heads,
        pairs: keys.requiredCount('attention.head_count_kv'),
        inner: keys.requiredCount('feed_forward_length'),
        words: keys.shape('tok.weight')?.[0],
        reach: keys.requiredCount('context_length'),
        sharpness: keys.number('attention.sharpness') ?? 1,
      }
    },
    describe: (config) => network(config, true),
  },
  describe: (config) => network(config, false),
}
