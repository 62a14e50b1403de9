// The tapes of tier 2: for every position, what a run must keep so that everything else can be recomputed.
//   q.<l>    post-RoPE queries (rows, H, d)        lse.<l>  log-sum-exp (rows, H)
//   mid.<l>  residual after attention (rows, D)    post.<l> residual after the MLP (rows, D), post.-1 the embedding
// Rows are a ring: position p is kept in row p mod rows, the oldest are overwritten when the budget is short.

import type { Plan } from '../model/plan.ts'
import type { Hooks, Prepared } from '../runtime/inspect.ts'
import type { Machine } from './machine.ts'

interface Tap {
  after: string
  x: string
  tape: string
  width: number
}

/** Which buffer to keep after which step: read off the Plan, so fused and plain Plans both work. */
function tapsOf(plan: Plan): Tap[] {
  const { D, H, d, layers } = plan.dims
  const taps: Tap[] = []
  const writesResidual = (layer: number): string[] =>
    plan.steps
      .filter(
        (s) =>
          s.layer === layer && s.part === 'body' && (s.args['y'] === 'x' || (s.op === 'add' && s.args['x'] === 'x')),
      )
      .map((s) => s.name)
  taps.push({ after: writesResidual(-1)[0]!, x: 'x', tape: 'post.-1', width: D })
  for (let layer = 0; layer < layers; layer++) {
    const attention = plan.steps.find((s) => s.layer === layer && s.op === 'attention')!
    taps.push(
      { after: attention.name, x: attention.args['q']!, tape: `q.${layer}`, width: H * d },
      { after: attention.name, x: attention.args['lse']!, tape: `lse.${layer}`, width: H },
    )
    const [mid, post] = writesResidual(layer)
    taps.push(
      { after: mid!, x: 'x', tape: `mid.${layer}`, width: D },
      { after: post!, x: 'x', tape: `post.${layer}`, width: D },
    )
  }
  return taps
}

/** Bytes of tapes for one position. */
export const tapeBytesPerPosition = (plan: Plan): number => tapsOf(plan).reduce((n, t) => n + t.width * 4, 0)

export class Tapes {
  private constructor(
    readonly machine: Machine,
    readonly rows: number,
    readonly bytes: number,
    readonly hooks: Hooks,
  ) {}

  /** Allocates the tapes and hooks them into the session's forwards. At least one chunk of rows is kept. */
  static async create(machine: Machine, budget: number): Promise<Tapes> {
    const { runtime } = machine
    const perPosition = tapeBytesPerPosition(runtime.plan)
    const rows = Math.min(runtime.context, Math.max(runtime.size.chunk, Math.floor(budget / perPosition)))
    const taps = tapsOf(runtime.plan)
    for (const { tape, width } of taps) machine.tensor(tape, rows * width)
    const ready = await runtime.prepare(
      taps.map(({ tape, x, width }) => ({
        name: `tape.${tape}`,
        op: 'tape',
        args: { x, tape },
        params: { D: width, rows },
        part: 'body' as const,
        layer: -1,
      })),
    )
    const after = new Map<string, Prepared[]>()
    taps.forEach((tap, i) => after.set(tap.after, [...(after.get(tap.after) ?? []), ready[i]!]))
    runtime.hooks = { after, instead: new Map() }
    return new Tapes(machine, rows, rows * perPosition, runtime.hooks)
  }

  /** First position still kept. */
  kept(length: number): number {
    return Math.max(0, length - this.rows)
  }

  /** The tape's row for one position. */
  row(tape: string, position: number, width: number): Promise<Float32Array> {
    return this.machine.read(tape, (position % this.rows) * width, width)
  }

  /** Rows of several tapes and positions, in the order asked. */
  many(rows: readonly { tape: string; position: number; width: number }[]): Promise<Float32Array[]> {
    return this.machine.readMany(
      rows.map(({ tape, position, width }) => ({ tensor: tape, offset: (position % this.rows) * width, count: width })),
    )
  }
}
