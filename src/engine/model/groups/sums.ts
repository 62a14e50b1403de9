//   a matmul, as what a norm may be put before

import { noNorm } from '../../ops/matmul/fused.ts'
import type { GroupRewrite } from './rewrite.ts'

export const sums: GroupRewrite = (plan, at) => {
  const step = plan.steps[at]!
  if (step.op !== 'matmul' || step.when) return null
  return {
    ...step,
    name: `${step.name}+`,
    kind: 'sums',
    op: 'norm-matmul',
    params: { ...step.params, ...noNorm },
    steps: [step.name],
  }
}
