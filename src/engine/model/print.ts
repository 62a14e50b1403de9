// A Plan in words and numbers: what runs, how many dispatches, how many bytes. Needs no device and no download.

import { type CacheFormat } from '../cache-formats.ts'
import { rowWords } from '../ops/cache-format.ts'
import { codesBytes, scalesBytes, splitUnit, type WeightLayout } from '../quants/weight.ts'
import type { MemoryPlan } from '../types.ts'
import { vectorFloats, type Plan, type PlanStep } from './plan.ts'

export type LayoutOf = (weight: string) => WeightLayout

export interface PlanSize {
  context: number
  chunk: number
  logitRows: number
  kvCache?: CacheFormat
}

export const weightBytes = (layout: WeightLayout): number => codesBytes(layout) + scalesBytes(layout)

/** Bytes on the device for this Plan at this size, and the largest piece that cannot be split. */
export function planMemory(plan: Plan, layoutOf: LayoutOf, size: PlanSize): MemoryPlan {
  let largestBinding = 0
  const add = (bytes: number): number => {
    largestBinding = Math.max(largestBinding, bytes)
    return bytes
  }
  let weights = 0,
    cache = 0,
    activations = 0
  for (const name of Object.keys(plan.weights)) {
    const layout = layoutOf(name),
      unit = { ...layout, rows: Math.min(layout.rows, splitUnit(layout)) }
    weights += weightBytes(layout)
    add(codesBytes(unit))
    add(scalesBytes(unit))
  }
  weights += add(vectorFloats(plan) * 4)
  for (const t of Object.values(plan.tables)) activations += add(size.context * t.width * 4)
  for (const c of Object.values(plan.caches)) {
    cache += add(c.kvHeads * size.context * rowWords(size.kvCache ?? 'f32', c.headDim) * 4)
  }
  for (const b of Object.values(plan.buffers)) {
    activations += add((b.rows === 'T' ? size.chunk : size.logitRows) * b.width * 4)
  }
  return { weights, cache, activations, total: weights + cache + activations, largestBinding }
}

/**
 * Bytes of weight that one run of a step reads for one token: all of it, one row of a table, or the rows of the experts
 * that a token chooses.
 */
export function planWeightBytes(
  { op, params }: Pick<PlanStep, 'op' | 'params'>,
  segments: readonly WeightLayout[],
): number {
  const bytes = segments.reduce((n, layout) => n + weightBytes(layout), 0)
  if (op === 'expert-matmul') return (bytes * params['top']!) / params['E']!
  if (op !== 'gather' && op !== 'add-positions') return bytes
  return bytes / segments.reduce((n, layout) => n + layout.rows, 0)
}

/** Bytes of weights read for one decoded token. */
export function weightBytesPerToken(plan: Plan, layoutOf: LayoutOf): number {
  let bytes = 0
  for (const step of plan.steps) {
    const name = step.args['weight']
    if (name) bytes += planWeightBytes(step, [layoutOf(name)])
  }
  return Math.round(bytes)
}

/** Parameters of the model: weights once each, vectors too. */
export function parameterCount(plan: Plan): number {
  let n = 0
  for (const w of Object.values(plan.weights)) n += w.rows * w.cols
  for (const v of Object.values(plan.vectors)) n += v.length
  return n
}

/** What it is, its tables and masks, one line per step, and where the numbers of a block stand. */
export function printPlan(plan: Plan, layoutOf?: LayoutOf): string {
  const { dims } = plan
  const head = `${plan.family}  L=${dims.layers} D=${dims.D} H=${dims.H} K=${dims.K} d=${dims.d} F=${dims.F} V=${dims.V}${plan.tied ? '  tied head' : ''}`
  const lines = plan.steps.map((s) => {
    const args = Object.entries(s.args)
      .map(([k, v]) => `${k}=${v}`)
      .join(' ')
    const weight = s.args['weight']
    const format =
      weight && layoutOf ? ` [${layoutOf(weight).format} ${layoutOf(weight).rows}x${layoutOf(weight).cols}]` : ''
    return `${s.name.padEnd(28)} ${s.op.padEnd(14)} ${args}${format}${s.mask ? ` (${s.mask})` : ''}`
  })
  const again = plan.programs.decode.ahead ? ['each token of an answer: the whole text is read again'] : []
  return `${[head, ...again, ...tableLines(plan), ...maskLines(plan), ...lines, ...groupLines(plan), ...siteLines(plan)].join('\n')}\n`
}

const tableLines = ({ tables }: Plan): string[] =>
  Object.entries(tables).map(
    ([name, { width, spec }]) =>
      `table ${name}: (C, ${width}) ${
        spec.kind === 'rope'
          ? `pairs=${spec.layout} theta=${spec.theta} scaling=${spec.scaling.type}`
          : spec.kind === 'key-bias'
            ? `ALiBi by the key's position, rounded to bf16, times ${spec.by}`
            : `distances from ${spec.first} on by ${spec.by}${spec.reach ? `, up to ${spec.reach}` : ''}`
      }`,
  )

const maskLines = ({ masks, steps }: Plan): string[] =>
  Object.entries(masks).map(([name, { causal, window }]) => {
    const layers = steps.filter((s) => s.mask === name).map((s) => s.layer)
    const seen = causal ? 'keys up to its own' : 'every key'
    return `mask ${name}: a query sees ${seen}${window ? `, the last ${window}` : ''}; layers ${layers.join(' ')}`
  })

/** What may run at once, and what has no such form: the first block stands for all, what has no block for itself. */
function groupLines({ steps, groups, programs: { decode } }: Plan): string[] {
  const first = Math.min(...steps.filter((s) => s.layer >= 0 && s.part === decode.tokens).map((s) => s.layer))
  const shown = <S extends PlanStep>(list: readonly S[]): S[] => list.filter((s) => s.layer < 0 || s.layer === first)
  const inGroups = new Set(groups.flatMap((group) => group.steps))
  const alone = shown(steps).filter((s) => [decode.tokens, decode.rows].includes(s.part) && !inGroups.has(s.name))
  return [
    ...shown(groups).map(
      (g) => `group ${g.name.padEnd(28)} ${g.op.padEnd(14)} may run in place of ${g.steps.join(' + ')}`,
    ),
    ...(alone.length > 0 ? [`each by itself: ${alone.map(({ name }) => name).join(', ')}`] : []),
  ]
}

/** The first block's sites stand for all: only the number in the names differs. */
const siteLines = (plan: Plan): string[] =>
  (plan.blocks[0]?.sites ?? []).map((name) => {
    const { step, arg, offset, width, added, heads } = plan.sites[name]!
    const slice = `${added ? '+' : ''}${arg}[${offset}:${offset + width}]`
    return `site ${name.padEnd(23)} ${step} ${slice}${heads ? ` ${heads} heads` : ''}`
  })
