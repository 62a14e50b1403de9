// The vectors that an op of the map shows, asked of the Glass; names as in world.ts.

import type { Glass, GlassInfo, PlanStepInfo } from '../../store/inspect.ts'
import { after, before, probe } from './read.ts'
import type { Op, Part } from './view.ts'

export type Vectors = Readonly<Record<string, Float32Array>>

/** One op at one token, seen for one head. */
export interface Spot {
  part: Part
  op: Op
  layer: number
  head: number
  position: number
}

export async function vectorsOf(
  glass: Glass,
  info: GlassInfo,
  { part, op, layer, head, position }: Spot,
): Promise<Vectors> {
  const get = async (site: Parameters<typeof probe>[1]['site'], ofHead = false): Promise<Float32Array> =>
    (await probe(glass, { site, layer, position, ...(ofHead && { head }) })).values
  switch (op) {
    case 'embed':
      return { x: (await probe(glass, { site: 'embed', position })).values }
    case 'norm': {
      const x = (
        await before(glass, part as 'attn' | 'mlp' | 'head', part === 'head' ? info.layers - 1 : layer, position)
      ).values
      return {
        x,
        y:
          part === 'head'
            ? (await probe(glass, { site: 'final_norm', position })).values
            : await get(part === 'attn' ? 'attn_norm' : 'mlp_norm'),
      }
    }
    case 'qkv':
      return { q: await get('q', true), k: await get('k', true), v: await get('v', true) }
    case 'rope':
      return { q_rope: await get('q_rope', true), k_rope: await get('k_rope', true) }
    case 'cache':
      return {}
    case 'attention':
      return {
        ...(info.source === 'live' && { scores: await get('scores', true) }),
        probs: await get('probs', true),
        z: await get('z', true),
      }
    case 'out': {
      const x = (await before(glass, part as 'attn' | 'mlp', layer, position)).values,
        sum = (await after(glass, part as 'attn' | 'mlp', layer, position)).values
      return { delta: sum.map((v, i) => v - x[i]!), sum }
    }
    case 'swiglu':
      return { gate: await get('gate'), up: await get('up'), act: await get('act') }
    case 'softmax': {
      const logits = (await probe(glass, { site: 'logits', position })).values
      return { logits, p: softmax(logits) }
    }
  }
}

export function softmax(logits: Float32Array): Float32Array {
  const max = logits.reduce((m, v) => (v > m ? v : m), -Infinity)
  const total = logits.reduce((sum, v) => sum + Math.exp(v - max), 0)
  return logits.map((v) => Math.exp(v - max) / total)
}

/** The matrix that makes a vector, and which of its rows makes element i; null where none does. */
export function matrixOf(
  steps: readonly PlanStepInfo[],
  info: GlassInfo,
  { part, op, layer, head }: Spot,
  vector: string,
): { tensor: string; row: (i: number) => number; hasBias: boolean } | null {
  const at = (name: string): PlanStepInfo | undefined =>
    steps.find((s) => s.layer === layer && s.name.endsWith(`.${name}`))
  const made = (step: PlanStepInfo | undefined, nth: number, row: (i: number) => number) => {
    const tensor = step?.weight?.split('+')[nth]
    return tensor === undefined ? null : { tensor, row, hasBias: step!.params['hasBias'] === 1 }
  }
  const same = (i: number): number => i
  if (op === 'qkv') {
    const kv = Math.floor(head / (info.heads / info.kvHeads)),
      nth = ['q', 'k', 'v'].indexOf(vector)
    const row = (i: number): number => (vector === 'q' ? head : kv) * info.headDim + i
    const stacked = at('attn.qkv')
    return stacked ? made(stacked, nth, row) : made(at(`attn.${vector}`), 0, row)
  }
  if (op === 'swiglu' && vector !== 'act') {
    const stacked = at('mlp.gate_up')
    return stacked ? made(stacked, vector === 'gate' ? 0 : 1, same) : made(at(`mlp.${vector}`), 0, same)
  }
  if (op === 'out' && vector === 'delta') return made(at(part === 'attn' ? 'attn.out' : 'mlp.down'), 0, same)
  if (op === 'softmax' && vector === 'logits') {
    return made(
      steps.find((s) => s.part === 'head' && s.op === 'matmul'),
      0,
      same,
    )
  }
  return null
}
