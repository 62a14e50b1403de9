// Edits -> hooks of the runtime: what runs after a step or in its place. An empty list leaves no hook at all, so the
// output is the same to the bit. Nothing is recompiled: an edit writes small buffers and constants.

import { EngineError } from '../errors.ts'
import { ANY_HEAD, type MaskedEdges } from '../ops/masked-edges.ts'
import { maskOf } from '../ops/mask.ts'
import type { Params } from '../ops/op.ts'
import { steerModes } from '../ops/steer.ts'
import type { BranchName, PlanStep } from '../model/plan.ts'
import { placeOf, stepOf, tensorOf } from '../model/sites.ts'
import type { Hooks, Inspection, Prepared } from '../runtime/inspect.ts'
import { shiftProblem } from '../runtime/rope-rows.ts'
import type { Kind } from './attention-sources.ts'
import { checkRange } from './probe.ts'
import {
  attentionStep,
  branchOf,
  layersWith,
  requireAttention,
  requirePlain,
  residualAfter,
  sourceLayers,
} from './sites.ts'
import { MAX_MASKED_EDGES, type StepRunner } from './step-runner.ts'
import type { Edit } from './types.ts'

const refuse = (message: string, param: string, value: string | number): EngineError =>
  new EngineError('PARAM_INVALID', message, { param, value: String(value) })

/** Does an edit in force leave this branch out? */
export const isSkipped = (runtime: Inspection, layer: number, part: BranchName): boolean =>
  runtime.hooks?.instead.has(branchOf(runtime.plan, layer, part).adds) ?? false

/** What a layer's heads are multiplied by, (heads); null when no edit scales one. */
export function headFactors(edits: readonly Edit[], layer: number, heads: number): Float32Array | null {
  const own = edits.filter((e) => e.kind === 'scale-head' && e.layer === layer) as Extract<
    Edit,
    { kind: 'scale-head' }
  >[]
  if (own.length === 0) return null
  const factors = new Float32Array(heads).fill(1)
  for (const { head, factor } of own) factors[head]! *= factor
  return factors
}

/** Positions [from, to) as whole numbers inside the context. */
function span(name: string, [from, to]: readonly [number, number], context: number): [number, number] {
  checkRange(name, from, 0, context + 1)
  const end = Math.min(to, context)
  checkRange(name, end, from, context + 1)
  return [from, end]
}

/** The masked edges of one attention that these edits ask for. @param first layer whose cache holds the text */
function maskedEdgesOf(
  edits: readonly Edit[],
  layer: number,
  branch: Kind,
  context: number,
  first: number,
): MaskedEdges[] {
  return edits.flatMap((edit): MaskedEdges[] => {
    if (edit.kind === 'evict') {
      if (layer < first || branch === 'cross') return []
      const keys = span('key', edit.keys, context)
      return [[ANY_HEAD, keys[1], context, ...keys]]
    }
    if (edit.kind !== 'mask-edges' || (edit.branch ?? 'attn') !== branch) return []
    if (edit.layer < 0 ? layer < first : edit.layer !== layer) return []
    return [
      [
        edit.head < 0 ? ANY_HEAD : edit.head,
        ...span('query', edit.queries, context),
        ...span('key', edit.keys, context),
      ],
    ]
  })
}

interface Steering {
  step: string
  x: string
  vector: Float32Array
  params: Params
}

function steeringOf(runtime: Inspection, edit: Extract<Edit, { kind: 'direction' | 'patch' }>): Steering {
  const { D } = runtime.plan.dims
  const values = edit.kind === 'patch' ? edit.values : edit.direction
  if (values.length !== D || !values.every(Number.isFinite)) {
    throw refuse(
      `Cannot edit the residual: the vector must hold ${D} finite numbers, it has ${values.length}.`,
      'direction',
      values.length,
    )
  }
  const [first, end] = span(
    'position',
    edit.kind === 'patch' ? [edit.position, edit.position + 1] : edit.positions,
    runtime.context,
  )
  const after = placeOf(runtime.plan, residualAfter(runtime.plan, edit.layer))
  const mode = edit.kind === 'patch' ? steerModes.patch : steerModes[edit.mode]
  return {
    step: after.step,
    x: tensorOf(runtime.plan, after),
    vector: Float32Array.from(values),
    params: { D, first, end, mode, factor: edit.kind === 'patch' ? 1 : edit.factor },
  }
}

/**
 * Builds the hooks of these edits and puts their masked edges in force. A list that is refused leaves everything as it was.
 * @throws EngineError PARAM_INVALID naming the edit that cannot be
 */
export async function editHooks(runner: StepRunner, edits: readonly Edit[]): Promise<Hooks> {
  const { runtime } = runner
  const { H, K, d, layers } = runtime.plan.dims
  for (const edit of edits) {
    if ('layer' in edit) {
      checkRange(
        'layer',
        edit.layer,
        edit.kind === 'mask-edges' || edit.kind === 'direction' || edit.kind === 'patch' ? -1 : 0,
        layers,
      )
    }
    if ('head' in edit) checkRange('head', edit.head, edit.kind === 'mask-edges' ? -1 : 0, H)
    if ('factor' in edit && !Number.isFinite(edit.factor)) {
      throw refuse(`Cannot scale by ${edit.factor}: it must be a finite number.`, 'factor', edit.factor)
    }
  }
  for (const edit of edits) {
    if (edit.kind === 'scale-head') requireAttention(runtime.plan, edit.layer, 'attn')
    if (edit.kind === 'mask-edges') requireAttention(runtime.plan, edit.layer, edit.branch ?? 'attn')
    if (edit.kind === 'evict') requireAttention(runtime.plan, -1, 'attn')
    if (edit.kind === 'skip' && !branchOf(runtime.plan, edit.layer, edit.part)) {
      throw refuse(
        `Cannot leave "${edit.part}" of layer ${edit.layer} out: this layer computes none.`,
        'part',
        edit.part,
      )
    }
  }
  if (edits.some(({ kind }) => kind === 'turn')) refuseShift(runtime)
  const first = sourceLayers(runtime.plan)
  const all = (['attn', 'cross'] as const).flatMap((branch) =>
    layersWith(runtime.plan, branch).map((layer) => ({
      layer,
      branch,
      step: attentionStep(runtime.plan, layer, branch),
      edges: maskedEdgesOf(edits, layer, branch, runtime.context, first),
    })),
  )
  const max = Math.max(0, ...all.map(({ edges }) => edges.length))
  if (max > MAX_MASKED_EDGES) {
    throw refuse(`Cannot mask ${max} edges in one layer: at most ${MAX_MASKED_EDGES} are kept.`, 'maskedEdges', max)
  }
  for (const { step, edges } of all) if (edges.length > 0) requirePlain(step)
  const steerings = edits.flatMap((e) => (e.kind === 'direction' || e.kind === 'patch' ? [steeringOf(runtime, e)] : []))

  const hooks: Hooks = { after: new Map(), instead: new Map() }
  const after = (step: string, ready: Prepared): void => {
    hooks.after.set(step, [...(hooks.after.get(step) ?? []), ready])
  }
  for (const edit of edits) {
    if (edit.kind !== 'skip') continue
    const adds = stepOf(runtime.plan, branchOf(runtime.plan, edit.layer, edit.part).adds)
    // a sum that starts afresh is still taken, without the branch
    const { name, op, args, params, part } = adds
    const rest = op === 'mix' ? [await placed(runner, `without.${name}`, op, args, { ...params, by: 0 }, part)] : []
    hooks.instead.set(name, rest)
    // what adapters add to the branch goes with it
    for (const step of runtime.plan.steps) if (step.behind === name) hooks.instead.set(step.name, [])
  }
  for (const [n, { step, x, vector, params }] of steerings.entries()) {
    const name = `steer.${n}`
    runner.tensor(name, vector.length)
    runner.write(name, vector)
    after(step, await placed(runner, name, 'steer', { x, vector: name }, params, stepOf(runtime.plan, step).part))
  }
  for (const { layer, branch, step: attention, edges } of all) {
    const factors = branch === 'attn' ? headFactors(edits, layer, H) : null
    if (factors) {
      runner.tensor(`factors.${layer}`, H)
      runner.write(`factors.${layer}`, factors)
      after(
        attention.name,
        await placed(
          runner,
          `scale.${layer}`,
          'scale-heads',
          { z: attention.args['z']!, factors: `factors.${layer}` },
          { H, d },
          attention.part,
        ),
      )
    }
    const maskedEdges = runner.maskEdges(layer, branch, edges)
    if (edges.length === 0) continue
    const { scale, cap } = attention.params as Record<'scale' | 'cap', number>
    const { bias } = attention.args
    const { q, kCache, vCache, z, lse } = attention.args as Record<string, string> as Record<
      'q' | 'kCache' | 'vCache' | 'z' | 'lse',
      string
    >
    hooks.instead.set(attention.name, [
      await placed(
        runner,
        `masked.${branch}.${layer}`,
        'attention-masked',
        { q, kCache, vCache, ...(bias && { bias }), maskedEdges, z, lse },
        { H, K, d, C: runtime.context, scale, cap, ...maskOf(attention.params), count: edges.length },
        attention.part,
      ),
    ])
  }
  return hooks
}

/** How far these edits move the places that tokens are turned by: the last one says. */
export function shiftOf(edits: readonly Edit[]): number | null {
  const last = edits.findLast(({ kind }) => kind === 'turn') as Extract<Edit, { kind: 'turn' }> | undefined
  return last ? last.by : 0
}

function refuseShift({ plan }: Inspection): void {
  const problem = shiftProblem(plan)
  if (problem === 'none') throw refuse('Cannot move positions: this model turns no token by its place.', 'by', 'none')
  if (problem === 'length') {
    throw refuse('Cannot move positions: this model turns its tokens by the length of the text, too.', 'by', 'length')
  }
}

/** A prepared step that runs within the forward (it sees the body's T and pos), with these constants. */
async function placed(
  runner: StepRunner,
  name: string,
  op: string,
  args: Record<string, string>,
  params: Params,
  part: PlanStep['part'] = 'body',
): Promise<Prepared> {
  const ready = await runner.step(name, op, args, params, -1, part)
  runner.runtime.setParams(ready, params)
  return ready
}
