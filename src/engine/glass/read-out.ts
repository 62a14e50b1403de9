// The head behind the final norm, run on rows of the inspector's own: dense, function and norm of a masked language
// model, a projection, the vocabulary, factors and caps. The Plan's own steps, on tensors beside its buffers.

import { placeOf, stepOf } from '../model/sites.ts'
import type { PlanStep } from '../model/plan.ts'
import type { Prepared } from '../runtime/inspect.ts'
import { refuseAbsent, whyAbsent, whyNoTokens } from './absent.ts'
import type { StepRunner } from './step-runner.ts'

const tensorName = (buffer: string): string => `lens.${buffer}`

export class ReadOut {
  private constructor(
    private readonly runner: StepRunner,
    private readonly steps: readonly Prepared[],
    private readonly input: string,
    private readonly output: string,
    /** the matmul with the vocabulary */
    readonly vocabulary: PlanStep,
    /** added to each logit; null: none */
    readonly bias: Float32Array | null,
    /** what a logit is multiplied by behind that, and by token, where the rows are (Baichuan 2) */
    private readonly by: number,
    private readonly each: Float32Array | null,
  ) {}

  /**
   * @param rows most rows at once
   * @throws VIEW_ABSENT where the model has no head over tokens
   */
  static async create(runner: StepRunner, rows: number): Promise<ReadOut> {
    const { plan } = runner.runtime
    refuseAbsent(whyNoTokens(plan))
    const { V } = plan.dims
    const last = placeOf(plan, 'logits').step
    const head = plan.steps.filter(({ part }) => part === 'head')
    const first = head.findIndex(({ name }) => name === ('final_norm' in plan.sites ? 'final_norm' : 'rows')) + 1
    const behind = head.slice(first, head.findIndex(({ name }) => name === last) + 1)
    const own = new Set(Object.keys(plan.buffers))
    const place = (name: string): string => {
      if (!own.has(name)) return name
      runner.tensor(tensorName(name), rows * plan.buffers[name]!.width)
      return tensorName(name)
    }
    const steps: Prepared[] = []
    for (const { name, op, args, params, when } of behind) {
      const moved = Object.fromEntries(Object.entries(args).map(([arg, tensor]) => [arg, place(tensor)]))
      steps.push(await runner.step(`lens.${name}`, op, moved, params, undefined, undefined, when))
    }
    const vocabulary = stepOf(plan, 'logits')
    const scale = behind.find(({ name }) => name === 'logits.scale')
    const { bias } = vocabulary.args
    const factors = scale?.args['factors']
    return new ReadOut(
      runner,
      steps,
      tensorName(behind[0]!.args['x']!),
      tensorName('logits'),
      vocabulary,
      bias ? await runner.read(bias, 0, V) : null,
      scale?.params['by'] ?? 1,
      factors ? await runner.read(factors, 0, V) : null,
    )
  }

  /** Tensor of the logits, (rows, V). */
  get logits(): string {
    return this.output
  }

  /** Runs the head on residuals that have passed the final norm, (D) each. */
  run(rows: readonly Float32Array[]): void {
    const D = this.runner.runtime.plan.dims.D
    const all = new Float32Array(rows.length * D)
    rows.forEach((row, i) => all.set(row, i * D))
    this.runner.write(this.input, all)
    this.runner.run(this.steps, { T: rows.length, pos: 0, row: 0, prefix: 0 })
  }

  /**
   * What a logit is multiplied with: logit = row · normed residual + bias, before a cap.
   * @throws VIEW_ABSENT where the head is no single matrix
   */
  async row(id: number): Promise<{ row: Float32Array; bias: number }> {
    const { runner } = this
    refuseAbsent(whyAbsent(runner.runtime.plan, 'direction'))
    const { D } = runner.runtime.plan.dims
    runner.tensor('lens.row', D)
    runner.tensor('lens.rowId', 1)
    runner.write('lens.rowId', Uint32Array.of(id))
    const weight = this.vocabulary.args['weight']!
    const gather = await runner.step(
      'lens.gather',
      'gather',
      { ids: 'lens.rowId', weight, y: 'lens.row' },
      { D, accumulate: 0 },
    )
    runner.run([gather], { T: 1, pos: 0, row: 0, prefix: 0 })
    const factor = this.by * (this.each?.[id] ?? 1)
    const row = await runner.read('lens.row', 0, D)
    return { row: factor === 1 ? row : row.map((v) => v * factor), bias: (this.bias?.[id] ?? 0) * factor }
  }
}
