// Attention over the KV cache under a mask (mask.ts), grouped queries, online softmax; keeps the log-sum-exp.
// The T x T matrix of weights is never formed: whoever wants it recomputes exp(score - lse).

import { attentionCases } from './attention.cases.ts'
import { cached, uncached } from './cache-format.ts'
import { masked, plain } from './launch.ts'
import { biasAt, capOf, maskEnd, maskStart } from './mask.ts'
import { strandEntry, strandPosition } from './strands.ts'
import { defineOp, type Params, type StepValues, type Variant } from './op.ts'

type P = Record<'H' | 'K' | 'd' | 'C' | 'scale' | 'cap', number>
const parts = (n: number, size: number): number => Math.ceil(n / size)
/** Query rows of one key head: T tokens times the heads that share it. */
const rowsOf = (params: Params, { T }: StepValues): number => (T * params['H']!) / params['K']!

/** Keys that a chunk of T tokens reads: all the cache, or what the windows of its tokens cover. */
function keysOf(params: Params, { T, pos, prefix }: StepValues): number {
  return maskEnd(params, pos + T - 1, prefix) - maskStart(params, pos)
}

/**
 * Slices that the keys of few tokens are cut into: whole tiles of 64, at most `splits`, at least one
 * (shaders/lib/slices.wgsl).
 */
function sliceCount(keys: number, splits: number): number {
  const length = Math.max(1, parts(parts(keys, 64), splits)) * 64
  return Math.max(1, parts(keys, length))
}

/** Most tokens that are "few": of them each has slices, so that the memory for these is bounded. */
const most = 8
const few: Variant['accepts'] = ({ T }) => T <= most
const partialWords =
  (splits: number) =>
  ({ H, d }: Params, maxT: number): number =>
    Math.min(maxT, most) * H! * (1 + splits * (d! + 2))

/** @param splits most slices per query row */
export const splitVariant = (splits: number): Variant => ({
  name: 'attention-split',
  fits: ({ kind, params }) => kind === 'gpu' && params['d']! % 4 === 0 && params['d']! <= 256,
  accepts: few,
  passes: () => [
    {
      shader: 'attention-split',
      overrides: { splits },
      workgroups: (params, step) =>
        params['K']! * parts(rowsOf(params, step), 4) * sliceCount(keysOf(params, step), splits),
    },
  ],
  partialWords: partialWords(splits),
})

/**
 * Query rows in lanes. Software adapters give each lane its own core's vector slot, so a workgroup is one subgroup there; a
 * GPU hides its loads with more.
 * @param splits most slices per query row; 1: for many tokens, of which a lane then has two rows
 */
export const shareVariant = (splits: number): Variant => ({
  name: splits === 1 ? 'attention-share' : 'attention-share-few',
  fits: ({ params, features }) => params['d']! % 4 === 0 && (features.subgroups?.min ?? 0) >= 4,
  accepts: splits === 1 ? ({ T }) => T > most : few,
  passes({ kind, params, features }) {
    const smallest = features.subgroups!.min
    const threads = kind === 'gpu' ? 32 : Math.min(smallest, 64)
    const twice = splits === 1 || params['H']! / params['K']! > threads ? 1 : 0
    return [
      {
        shader: 'attention-share',
        overrides: { threads, span: smallest < 8 ? 4 : 8, twice, splits },
        workgroups: (own, step) =>
          own['K']! *
          parts(rowsOf(own, step), threads << twice) *
          (splits === 1 ? 1 : sliceCount(keysOf(own, step), splits)),
      },
    ]
  },
  ...(splits > 1 && {
    scratchBytes: ({ H, d }, maxT) => Math.min(maxT, most) * H! * splits * d! * 4,
    partialWords: partialWords(splits),
  }),
})

const variants: Variant[] = [
  cached(splitVariant(16)),
  cached({
    name: 'attention-tile',
    accepts: ({ T }) => T > 4,
    fits: ({ kind, params }) => kind === 'gpu' && params['d']! % 4 === 0 && params['d']! <= 128,
    passes: () => [
      { shader: 'attention-tile', workgroups: (params, step) => params['K']! * parts(rowsOf(params, step), 16) },
    ],
  }),
  cached(shareVariant(8)),
  cached(shareVariant(1)),
  uncached({
    name: 'attention-steps',
    accepts: ({ T }) => T <= 4,
    fits: ({ kind, params }) => kind === 'software' && params['d']! % 4 === 0,
    passes: () => [
      {
        shader: 'attention-scores',
        workgroups: (params, step) => params['K']! * parts(rowsOf(params, step), 4) * parts(keysOf(params, step), 16),
      },
      { shader: 'attention-softmax', workgroups: ({ H }, { T }) => parts(T * H!, 4) },
      {
        shader: 'attention-values',
        workgroups: (params, step) => params['K']! * parts(rowsOf(params, step), 4) * parts(params['d']!, 16),
      },
    ],
    scratchBytes: ({ H, C }, maxT) => Math.min(maxT, 4) * H! * C! * 4,
  }),
  uncached({
    name: 'attention-rows',
    accepts: () => true,
    fits: ({ kind, params }) => kind === 'software' && params['d']! % 4 === 0,
    passes: () => [
      { shader: 'attention-rows', workgroups: (params, step) => params['K']! * parts(rowsOf(params, step), 16) },
    ],
  }),
  cached(plain('attention-any', ({ H, d }, { T }) => T * H! * parts(d!, 256))),
]

export const attention = defineOp({
  name: 'attention',
  args: { q: 'read', kCache: 'read', vCache: 'read', bias: 'read', z: 'write', lse: 'write' },
  variants: [
    ...variants.map((variant) => masked(variant)),
    masked(cached(plain('attention-strands', ({ H, d }, { T }) => T * H! * parts(d!, 256))), true),
  ],
  reference({ tensors: { q, kCache, vCache, bias, z, lse }, params, step }) {
    const { H, K, d, C, scale, cap } = params as P
    const { T, pos, prefix } = step
    for (let t = 0; t < T; t++) {
      const query = strandPosition(step, pos + t)
      const start = maskStart(params, query)
      const end = maskEnd(params, query, prefix)
      // the source of cross-attention has one order for all
      const entryOf = (key: number): number => (params['causal'] === 0 ? key : strandEntry(step, pos + t, key))
      for (let h = 0; h < H; h++) {
        const at = (t * H + h) * d
        const head = Math.floor(h / (H / K)) * C * d
        const scores = new Float64Array(end - start)
        for (let j = start; j < end; j++) {
          let s = 0
          const key = head + entryOf(j) * d
          for (let i = 0; i < d; i++) s += q![at + i]! * kCache![key + i]!
          scores[j - start] = capOf(cap, s * Math.fround(scale)) + biasAt(params, bias, h, query, j)
        }
        const m = scores.reduce((a, b) => Math.max(a, b), -Infinity)
        const l = scores.reduce((sum, s) => sum + Math.exp(s - m), 0)
        lse![t * H + h] = m + Math.log(l)
        const sums = new Float64Array(d)
        for (let j = start; j < end; j++) {
          const p = Math.exp(scores[j - start]! - m) / l,
            value = head + entryOf(j) * d
          for (let i = 0; i < d; i++) sums[i]! += p * vCache![value + i]!
        }
        z!.set(sums, at)
      }
    }
  },
  cases: attentionCases,
})
