//   matmul of gate and up + glu-packed, or matmul + activation  ->  matmul-act

import { noNorm } from '../../ops/matmul/fused.ts'
import { soleSource, type GroupRewrite } from './rewrite.ts'

export const activatedSums: GroupRewrite = (plan, at) => {
  const act = plan.steps[at]!
  const isGated = act.op === 'glu-packed'
  if (!isGated && act.op !== 'activation') return null
  const source = soleSource(plan, at, 'x', 'matmul')
  if (source === null) return null
  const matmul = plan.steps[source]!
  const { x, weight, bias } = matmul.args as Record<'x' | 'weight', string> & { bias?: string }
  const { K, N, hasBias } = matmul.params as Record<'K' | 'N' | 'hasBias', number>
  return {
    ...act,
    name: `${act.name}+`,
    kind: 'activated-sums',
    op: 'matmul-act',
    args: { x, weight, ...(bias && { bias }), y: act.args['y']! },
    params: { ...act.params, K, N, hasBias, gated: Number(isGated), ...noNorm },
    steps: [matmul.name, act.name],
  }
}
