//   matmul + norm-heads by head + rope-append  ->  project-normed-heads

import { noNorm } from '../../ops/matmul/fused.ts'
import { soleSource, type GroupRewrite } from './rewrite.ts'

export const turnedNormedHeads: GroupRewrite = (plan, at) => {
  const append = plan.steps[at]!
  if (append.op !== 'rope-append') return null
  const normAt = soleSource(plan, at, 'qkv', 'norm-heads')
  const source = normAt === null ? null : soleSource(plan, normAt, 'x', 'matmul')
  if (normAt === null || source === null) return null
  const [norm, matmul] = [plan.steps[normAt]!, plan.steps[source]!]
  const { K: KV, ...turn } = append.params
  const { RQ, RK, DQ, DK } = norm.params
  // where all heads are normed as one, nobody has them all
  if (RQ !== turn['H'] || RK !== KV || DQ !== turn['d'] || DK !== turn['d']) return null
  const { x, weight, bias } = matmul.args as Record<'x' | 'weight', string> & { bias?: string }
  const { qkv: _, ...rest } = append.args
  const { x: __, ...gains } = norm.args
  const { K, N, hasBias } = matmul.params as Record<'K' | 'N' | 'hasBias', number>
  const {
    norm: headNorm,
    eps: headEps,
    own: headOwn,
    hasBias: headBias,
  } = norm.params as Record<'norm' | 'eps' | 'own' | 'hasBias', number>
  return {
    ...append,
    name: `${append.name}+`,
    kind: 'turned-normed-heads',
    op: 'project-normed-heads',
    args: { x, weight, ...(bias && { bias }), ...gains, ...rest },
    params: { ...turn, K, N, hasBias, KV: KV!, ...noNorm, headNorm, headEps, headOwn, headBias },
    steps: [matmul.name, norm.name, append.name],
  }
}
