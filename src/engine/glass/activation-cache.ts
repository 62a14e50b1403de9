// The activation cache: for every position, what a run must keep so that everything else can be recomputed.
//   q.<l>    post-RoPE queries (rows, H, d)        lse.<l>  log-sum-exp (rows, H)
//   mid.<l>  residual after attention (rows, D)    post.<l> residual after the MLP (rows, D), post.-1 the embedding
// Rows are a ring: position p is kept in row p mod rows, the oldest are overwritten when the budget is short.

import type { Plan } from '../model/plan.ts'
import type { Hooks, Prepared } from '../runtime/inspect.ts'
import type { StepRunner } from './step-runner.ts'

interface KeptTensor {
  after: string
  x: string
  tensor: string
  width: number
}

/** Which buffer to keep after which step: read off the Plan, so fused and plain Plans both work. */
function keptTensors(plan: Plan): KeptTensor[] {
  const { D, H, d, layers } = plan.dims
  const list: KeptTensor[] = []
  const writesResidual = (layer: number): string[] =>
    plan.steps
      .filter(
        (s) =>
          s.layer === layer && s.part === 'body' && (s.args['y'] === 'x' || (s.op === 'add' && s.args['x'] === 'x')),
      )
      .map((s) => s.name)
  list.push({ after: writesResidual(-1)[0]!, x: 'x', tensor: 'post.-1', width: D })
  for (let layer = 0; layer < layers; layer++) {
    const attention = plan.steps.find((s) => s.layer === layer && s.op === 'attention')!
    list.push(
      { after: attention.name, x: attention.args['q']!, tensor: `q.${layer}`, width: H * d },
      { after: attention.name, x: attention.args['lse']!, tensor: `lse.${layer}`, width: H },
    )
    const [mid, post] = writesResidual(layer)
    list.push(
      { after: mid!, x: 'x', tensor: `mid.${layer}`, width: D },
      { after: post!, x: 'x', tensor: `post.${layer}`, width: D },
    )
  }
  return list
}

/** Bytes of the activation cache for one position. */
export const activationBytesPerPosition = (plan: Plan): number => keptTensors(plan).reduce((n, t) => n + t.width * 4, 0)

export class ActivationCache {
  private constructor(
    readonly runner: StepRunner,
    readonly rows: number,
    readonly bytes: number,
    readonly hooks: Hooks,
  ) {}

  /** Allocates the cache and hooks it into the session's forwards. At least one chunk of rows is kept. */
  static async create(runner: StepRunner, budget: number): Promise<ActivationCache> {
    const { runtime } = runner
    const perPosition = activationBytesPerPosition(runtime.plan)
    const rows = Math.min(runtime.context, Math.max(runtime.size.chunk, Math.floor(budget / perPosition)))
    const list = keptTensors(runtime.plan)
    for (const { tensor, width } of list) runner.tensor(tensor, rows * width)
    const ready = await runtime.prepare(
      list.map(({ tensor, x, width }) => ({
        name: `keep.${tensor}`,
        op: 'keep-rows',
        args: { x, kept: tensor },
        params: { D: width, rows },
        part: 'body' as const,
        layer: -1,
      })),
    )
    const after = new Map<string, Prepared[]>()
    list.forEach((kept, i) => after.set(kept.after, [...(after.get(kept.after) ?? []), ready[i]!]))
    const hooks = { after, instead: new Map<string, Prepared[]>() }
    runtime.setHooks(hooks)
    return new ActivationCache(runner, rows, rows * perPosition, hooks)
  }

  /** First position still kept. */
  kept(length: number): number {
    return Math.max(0, length - this.rows)
  }

  /** The tensor's row for one position. */
  row(tensor: string, position: number, width: number): Promise<Float32Array> {
    return this.runner.read(tensor, (position % this.rows) * width, width)
  }

  /** Rows of several tensors and positions, in the order asked. */
  many(rows: readonly { tensor: string; position: number; width: number }[]): Promise<Float32Array[]> {
    return this.runner.readMany(
      rows.map(({ tensor, position, width }) => ({ tensor, offset: (position % this.rows) * width, count: width })),
    )
  }
}
