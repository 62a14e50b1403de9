// A Plan while it is being rewritten: steps are replaced, weights stacked, and the sites that stood at a step move with
// it. What a rewrite forgets to move is an error, not a site that points nowhere.

import { EngineError } from '../../errors.ts'
import { readersOf, writerOf } from '../flow.ts'
import type { Plan, PlanStep, SitePlace, WeightPart } from '../plan.ts'

/**
 * May these weights be stacked by rows into one matrix? Formats decide (same format, blocks do not straddle the seam).
 */
export type CanStack = (parts: readonly WeightPart[], cols: number) => boolean

/** Values that stood in one argument of a step stand elsewhere now; `by` is how far on in the row. */
export interface Move {
  from: { step: string; arg: string }
  to: Partial<SitePlace> & Pick<SitePlace, 'step' | 'arg'>
  by?: number
}

export class Draft {
  private readonly plan: Plan
  constructor(
    plan: Plan,
    private readonly mayStack: CanStack,
  ) {
    this.plan = {
      ...plan,
      steps: [...plan.steps],
      weights: { ...plan.weights },
      vectors: { ...plan.vectors },
      buffers: { ...plan.buffers },
      sites: { ...plan.sites },
      blocks: plan.blocks.map((block) => ({ ...block, branches: block.branches.map((branch) => ({ ...branch })) })),
    }
  }

  get steps(): readonly PlanStep[] {
    return this.plan.steps
  }

  /** The step whose result `reader` (an index) reads in this argument, when nobody else reads it; else null. */
  soleSource(reader: number, arg: string, op: string): number | null {
    const tensor = this.steps[reader]!.args[arg]!
    const at = writerOf(this.steps, tensor, reader)
    const step = this.steps[at]
    if (step?.op !== op || step.part !== this.steps[reader]!.part || step.params['accumulate']) return null
    return readersOf(this.steps, tensor, at).join() === String(reader) ? at : null
  }

  /**
   * One matmul instead of several that read the same x: weights one below the other, results side by side in one row.
   * null where they cannot be put together.
   */
  stacked(at: readonly number[]): PlanStep | null {
    const parts = at.map((i) => this.steps[i]!)
    const [first] = parts as [PlanStep, ...PlanStep[]]
    const { weights, vectors, buffers } = this.plan
    const source = writerOf(this.steps, first.args['x']!, at[0]!)
    const alike = parts.every(
      (s, n) => s.args['x'] === first.args['x'] && writerOf(this.steps, s.args['x']!, at[n]!) === source,
    )
    const specs = parts.map((s) => weights[s.args['weight']!]!)
    const biases = parts.map((s) => s.args['bias'])
    if (!alike || (biases.some(Boolean) && !biases.every(Boolean))) return null
    const pieces = specs.flatMap((w) => w.parts)
    if (!this.mayStack(pieces, specs[0]!.cols)) return null

    const key = parts.map((s) => s.args['weight']!).join('+')
    const rows = specs.reduce((n, w) => n + w.rows, 0)
    const lastWords = parts.map((s) => s.name.slice(s.name.lastIndexOf('.') + 1))
    const word = lastWords.join(lastWords.every((w) => w.length === 1) ? '' : '_')
    const y = parts.map((s) => s.args['y']!).join(lastWords.every((w) => w.length === 1) ? '' : '_')
    weights[key] = { parts: pieces, rows, cols: specs[0]!.cols, role: 'linear' }
    buffers[y] = { rows: buffers[first.args['y']!]!.rows, width: rows }
    const args: Record<string, string> = { x: first.args['x']!, weight: key, y }
    if (biases[0]) {
      args['bias'] = biases.join('+')
      vectors[args['bias']] = { parts: biases.flatMap((b) => vectors[b!]!.parts), length: rows }
    }
    const name = `${first.name.slice(0, first.name.lastIndexOf('.') + 1)}${word}`
    return { ...first, name, args, params: { ...first.params, N: rows, yStride: rows } }
  }

  /** The moves of the sites of matmuls that went into `step`, the stacked one. */
  movesOf(at: readonly number[], step: PlanStep): Move[] {
    let by = 0,
      part = 0
    return at.map((i) => {
      const { name, args } = this.steps[i]!
      const { rows, parts } = this.plan.weights[args['weight']!]!
      const move: Move = {
        from: { step: name, arg: 'y' },
        to: { step: step.name, arg: 'y', weight: { name: step.args['weight']!, part } },
        by,
      }
      by += rows
      part += parts.length
      return move
    })
  }

  /**
   * Puts steps in the place of others, each where the last of those it stands for was.
   * @param gone indices of the steps that are no more
   * @param made the new steps, each after the step (an index in `gone`) whose place it takes
   */
  replace(gone: readonly number[], made: readonly { at: number; step: PlanStep }[], moves: readonly Move[]): void {
    const { sites, blocks } = this.plan
    const names = new Set(gone.map((i) => this.steps[i]!.name))
    for (const [name, place] of Object.entries(sites)) {
      if (!names.has(place.step)) continue
      const move = moves.find(({ from }) => from.step === place.step && from.arg === place.arg)
      if (!move) throw new EngineError('INTERNAL', `Fusion lost the site "${name}".`, { name })
      sites[name] = { ...place, ...move.to, offset: place.offset + (move.by ?? 0) }
    }
    for (const branch of blocks.flatMap((b) => b.branches)) {
      const move = moves.find(({ from }) => from.step === branch.adds)
      if (move) branch.adds = move.to.step
    }
    this.plan.steps = this.plan.steps.flatMap((step, i) => [
      ...(gone.includes(i) ? [] : [step]),
      ...made.filter(({ at }) => at === i).map((m) => m.step),
    ])
  }

  /**
   * The Plan, without weights, vectors and buffers that no step names any more. Weights are in the order in which steps
   * read them, which is that of most files: they are loaded in it, and chunks of a file are not fetched twice.
   */
  finish(): Plan {
    const used = new Set(this.steps.flatMap((s) => Object.values(s.args)))
    const kept = <T>(all: Record<string, T>): Record<string, T> =>
      Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)))
    const { weights, vectors, buffers } = this.plan
    const inOrder = [...used].flatMap((name) => (name in weights ? [[name, weights[name]!] as const] : []))
    return { ...this.plan, weights: Object.fromEntries(inOrder), vectors: kept(vectors), buffers: kept(buffers) }
  }
}
