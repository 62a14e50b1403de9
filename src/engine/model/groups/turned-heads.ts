//   matmul + rope-append  ->  project-heads

import { noNorm } from '../../ops/matmul/fused.ts'
import { soleSource, type GroupRewrite } from './rewrite.ts'

export const turnedHeads: GroupRewrite = (plan, at) => {
  const append = plan.steps[at]!
  if (append.op !== 'rope-append') return null
  const source = soleSource(plan, at, 'qkv', 'matmul')
  if (source === null) return null
  const matmul = plan.steps[source]!
  const { x, weight, bias } = matmul.args as Record<'x' | 'weight', string> & { bias?: string }
  const { qkv: _, ...rest } = append.args
  const { K, N, hasBias } = matmul.params as Record<'K' | 'N' | 'hasBias', number>
  const { K: KV, ...turn } = append.params
  return {
    ...append,
    name: `${append.name}+`,
    kind: 'turned-heads',
    op: 'project-heads',
    args: { x, weight, ...(bias && { bias }), ...rest },
    params: { ...turn, K, N, hasBias, KV: KV!, ...noNorm },
    steps: [matmul.name, append.name],
  }
}
