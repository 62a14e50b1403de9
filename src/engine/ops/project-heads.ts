// matmul and rope-append in one, with or without the norm before them: projects x to heads of queries, keys and values,
// turns queries and keys by position, and puts keys and values into the cache. For few rows: both sums of a pair that is
// turned stand in one thread.

import { uncached } from './cache-format.ts'
import { fewRowsWith, noNorm, normArgs, normedInput, normKinds } from './matmul/fused.ts'
import { matmul } from './matmul/index.ts'
import { defineOp, type Case } from './op.ts'
import { ropeAppend } from './rope-append.ts'

interface Shape {
  T?: number
  H: number
  KV: number
  d: number
  r?: number
  K: number
  bias?: boolean
  interleaved?: boolean
  sections?: number
  pos?: number
  block?: number
  norm?: keyof typeof normKinds
  name: string
}

const headsCase = ({
  T = 1,
  H,
  KV,
  d,
  r = d,
  K,
  bias,
  interleaved,
  sections = 1,
  pos = 3,
  block = 32,
  norm,
  name,
}: Shape): Case => {
  const N = (H + 2 * KV) * d,
    C = pos + T + 2
  return {
    name: `${name}: T=${T} N=${N} K=${K}${bias ? ' bias' : ''}`,
    params: {
      K,
      N,
      hasBias: Number(bias ?? false),
      block,
      H,
      KV,
      d,
      r,
      interleaved: Number(interleaved ?? false),
      sections,
      C,
      ...noNorm,
      ...(norm && { norm: normKinds[norm], eps: 1e-5, hasShift: Number(norm === 'layernorm') }),
    },
    step: { T, pos, row: 0, prefix: 0 },
    sizes: {
      x: T * K,
      ...(norm && { gain: K, shift: K }),
      bias: bias ? N : 1,
      table: Math.max(4, C * r),
      q: T * H * d,
      kCache: KV * C * d,
      vCache: KV * C * d,
    },
    weight: { rows: N, cols: K },
  }
}

export const projectHeads = defineOp({
  name: 'project-heads',
  args: {
    x: 'read',
    ...normArgs,
    weight: 'weight',
    bias: 'vector',
    table: 'read',
    q: 'write',
    kCache: 'update',
    vCache: 'update',
  },
  variants: fewRowsWith('project-heads', {
    parts: () => ({ 'matmul-params': 'heads-params', outputs: 'outputs-heads' }),
    slots: ({ H, KV, d }) => (H! + 2 * KV!) * 2 * Math.ceil(d! / 2),
  }).map(uncached),
  inOnePiece: true,
  reference(args) {
    const { tensors, weight, params, step } = args,
      { bias, table, q, kCache, vCache } = tensors
    const { N, KV } = params as Record<'N' | 'KV', number>
    const y = new Float32Array(step.T * N)
    matmul.reference({
      tensors: { x: normedInput(args), ...(bias && { bias }), y },
      weight,
      params: { ...params, accumulate: 0, yStride: N, yOffset: 0 },
      step,
    })
    ropeAppend.reference({
      tensors: { qkv: y, ...(table && { table }), q: q!, kCache: kCache!, vCache: vCache! },
      params: { ...params, K: KV },
      step,
    })
  },
  cases: [
    // 256 columns and rows: what the self-check asks of formats with super-blocks, and of tables of bytes
    headsCase({ H: 5, KV: 2, d: 32, K: 256, bias: true, name: 'half-split' }),
    headsCase({ T: 6, H: 3, KV: 1, d: 10, K: 256, name: 'a few' }),
    headsCase({ T: 3, H: 6, KV: 6, d: 16, r: 8, K: 96, interleaved: true, name: 'interleaved, partial' }),
    headsCase({ T: 2, H: 7, KV: 1, d: 9, r: 4, K: 64, bias: true, name: 'odd width, partial' }),
    headsCase({ T: 4, H: 3, KV: 3, d: 12, r: 8, sections: 2, K: 32, name: 'two sections' }),
    headsCase({ H: 4, KV: 4, d: 24, r: 0, K: 96, bias: true, name: 'not turned' }),
    headsCase({ H: 9, KV: 3, d: 64, K: 576, pos: 11, name: 'SmolLM2' }),
    headsCase({ H: 9, KV: 3, d: 64, K: 576, norm: 'rmsnorm', name: 'RMSNorm' }),
    headsCase({ H: 5, KV: 5, d: 12, r: 0, K: 96, norm: 'layernorm', bias: true, name: 'LayerNorm' }),
  ],
})
