// matmul, norm-heads by head and rope-append in one, with or without the norm before them: project-heads, where queries and
// keys are normed before they are turned. For one token, on graphics chips: a workgroup has a head to itself.

import { uncached } from './cache-format.ts'
import { fewRowsWith, noNorm, normArgs, normedInput, normKinds } from './matmul/fused.ts'
import { lanesOfOneRow } from './matmul/few.ts'
import { matmul } from './matmul/index.ts'
import { normParts } from './norm-heads.ts'
import { defineOp, type Case, type Params } from './op.ts'
import { ropeAppend } from './rope-append.ts'

interface Shape {
  H: number
  KV: number
  d: number
  r?: number
  K: number
  headNorm: keyof typeof normKinds
  own?: boolean
  headBias?: boolean
  bias?: boolean
  interleaved?: boolean
  norm?: keyof typeof normKinds
  name: string
}

function headsCase(given: Shape): Case {
  const { H, KV, d, r = d, K, headNorm, own = false, headBias = false, bias = false, interleaved = false, norm } = given
  const N = (H + 2 * KV) * d,
    [pos, C] = [3, 6],
    gain = (heads: number): number => (own ? heads : 1) * d
  return {
    name: `${given.name}: N=${N} K=${K}`,
    params: {
      ...{ K, N, hasBias: Number(bias), block: 32, H, KV, d, r, interleaved: Number(interleaved), sections: 1, C },
      ...noNorm,
      ...(norm && { norm: normKinds[norm], eps: 1e-5, hasShift: 0 }),
      ...{ headNorm: normKinds[headNorm], headEps: 1e-6, headOwn: Number(own), headBias: Number(headBias) },
    },
    step: { T: 1, pos, row: 0, prefix: 0 },
    sizes: {
      x: K,
      ...(norm && { gain: K }),
      bias: bias ? N : 1,
      ...{ qGain: gain(H), kGain: gain(KV), ...(headBias && { qBias: gain(H), kBias: gain(KV) }) },
      table: Math.max(4, C * r),
      q: H * d,
      kCache: KV * C * d,
      vCache: KV * C * d,
    },
    weight: { rows: N, cols: K },
  }
}

/** Widest head whose sums a workgroup has. */
const WIDEST = 256
const rowsOf = ({ d }: Params): number => 2 * Math.ceil(d! / 2)
/** Lanes that share a row: as many as leave each row of a head its own, two rows to a lane group. */
const lanesFor = (params: Params): number =>
  2 ** Math.max(0, Math.min(5, Math.floor(Math.log2(WIDEST / rowsOf(params)))))

export const projectNormedHeads = defineOp({
  name: 'project-normed-heads',
  args: {
    x: 'read',
    ...normArgs,
    weight: 'weight',
    bias: 'vector',
    ...{ qGain: 'vector', kGain: 'vector', qBias: 'vector', kBias: 'vector' },
    table: 'read',
    q: 'write',
    kCache: 'update',
    vCache: 'update',
  },
  variants: fewRowsWith(
    'project-normed-heads',
    {
      parts: () => ({ 'matmul-params': 'normed-heads-params', outputs: 'outputs-normed-heads' }),
      // a workgroup for each head
      slots: (params) => ((params['H']! + 2 * params['KV']!) * WIDEST) / lanesFor(params),
    },
    lanesOfOneRow(lanesFor),
  ).map((variant) =>
    uncached({ ...variant, fits: (context) => rowsOf(context.params) <= WIDEST && variant.fits(context) }),
  ),
  inOnePiece: true,
  reference(args) {
    const { tensors, weight, params, step } = args,
      { bias, table, q, kCache, vCache } = tensors
    const { N, H, KV, d, headNorm, headEps, headOwn, headBias } = params as Record<
      'N' | 'H' | 'KV' | 'd' | 'headNorm' | 'headEps' | 'headOwn' | 'headBias',
      number
    >
    const y = new Float32Array(step.T * N)
    matmul.reference({
      tensors: { x: normedInput(args), ...(bias && { bias }), y },
      weight,
      params: { ...params, accumulate: 0, yStride: N, yOffset: 0 },
      step,
    })
    const parts = {
      ...{ N, RQ: H, DQ: d, RK: KV, DK: d },
      ...{ norm: headNorm, eps: headEps, own: headOwn, hasBias: headBias },
    }
    for (const which of ['q', 'k'] as const) normParts({ tensors: { ...tensors, x: y }, params: parts, step }, which)
    ropeAppend.reference({
      tensors: { qkv: y, ...(table && { table }), q: q!, kCache: kCache!, vCache: vCache! },
      params: { ...params, K: KV },
      step,
    })
  },
  cases: [
    headsCase({ H: 5, KV: 2, d: 32, K: 256, headNorm: 'rmsnorm', bias: true, name: 'by head' }),
    headsCase({ H: 4, KV: 2, d: 16, K: 64, headNorm: 'rmsnorm', norm: 'rmsnorm', name: 'normed before, too' }),
    headsCase({ H: 3, KV: 1, d: 10, r: 4, K: 256, headNorm: 'layernorm', headBias: true, name: 'partly turned' }),
    headsCase({ H: 2, KV: 2, d: 12, K: 96, headNorm: 'layernorm', own: true, interleaved: true, name: 'own gains' }),
    headsCase({ H: 5, KV: 3, d: 4, K: 32, headNorm: 'rmsnorm', name: 'narrow' }),
    headsCase({ H: 2, KV: 1, d: 9, r: 0, K: 64, headNorm: 'rmsnorm', name: 'odd width, not turned' }),
    headsCase({ H: 4, KV: 2, d: 128, K: 1024, headNorm: 'rmsnorm', norm: 'rmsnorm', name: 'Qwen 3' }),
    headsCase({ H: 2, KV: 1, d: 256, K: 640, headNorm: 'rmsnorm', norm: 'rmsnorm', name: 'Gemma 3' }),
  ],
})
