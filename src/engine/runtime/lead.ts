// What stands in the cache before every text, and is none: rows that run in place of tokens (prompt tuning, Lester et al.
// 2021; P-tuning, Liu et al. 2021), or keys and values of every layer that no token gave (prefix tuning, Li & Liang 2021;
// P-tuning v2). A text's own tokens then lie behind it, and nobody above the runtime counts it: length, context, ids and
// rows of logits are those of the text. It knows no file.

import type { Plan } from '../model/plan.ts'
import { blockSite, placeOf, tensorOf } from '../model/sites.ts'

/** (n, D): what the rows of the embedding are for tokens; they have positions 0 .. n - 1, the text's begin at n. */
export interface RowsLead {
  kind: 'rows'
  count: number
  rows: Float32Array
}

/** Keys and values of one layer, (n, K, d) each, as they lie in the cache: turned by nothing. */
export interface LeadLayer {
  keys: Float32Array
  values: Float32Array
}

export interface KeysLead {
  kind: 'keys'
  count: number
  /** the text's positions begin at n (PEFT), or at 0 though its entries of the cache begin at n (ChatGLM) */
  positions: 'counted' | 'not counted'
  layers: readonly LeadLayer[]
}

export type Lead = RowsLead | KeysLead

/** Why a lead cannot stand before the texts of a model; the sentences are whoever's asks. */
export type LeadProblem =
  /** the model reads both ways · it has an encoder · the prefix of its texts is marked by tokens */
  | 'whole'
  | 'source'
  | 'prefix'
  /** something else than the embedding reads the tokens */
  | 'ids'
  /** not one row, key and value for each width, layer and head */
  | 'width'
  | 'layers'
  | 'heads'
  /** the model's positions are more than turned angles: they cannot begin elsewhere than its cache */
  | 'positions'
  /** no room is left for a text */
  | 'context'

/** The cache planes of every layer; null where one has none. */
export function planesOf(plan: Plan): { keys: string; values: string }[] | null {
  const planes = plan.blocks.map((_, layer) => {
    const of = (site: string): string | null => {
      const name = blockSite(layer, site)
      return name in plan.sites ? tensorOf(plan, placeOf(plan, name)) : null
    }
    const keys = of('attn.keys'),
      values = of('attn.values')
    return keys !== null && values !== null ? { keys, values } : null
  })
  return planes.every((plane) => plane !== null) ? planes : null
}

const turnsAlone = ({ tables, steps, masks }: Plan): boolean =>
  Object.values(tables).every(({ kind }) => kind === 'rope') &&
  Object.values(masks).every(({ bias }) => (bias ?? 'none') === 'none') &&
  !steps.some(({ op }) => op === 'add-positions')

/** @param context C; null: the lead can stand there */
export function leadProblem(plan: Plan, context: number, lead: Lead): LeadProblem | null {
  if (plan.programs.encode) return 'source'
  if (plan.programs.decode.whole) return 'whole'
  if (lead.count >= context) return 'context'
  if (plan.prefix && !(lead.kind === 'keys' && lead.positions === 'not counted')) return 'prefix'
  if (lead.kind === 'rows') {
    if (plan.steps.some(({ args, ofTokens }) => !ofTokens && Object.values(args).includes('ids'))) return 'ids'
    return lead.rows.length === lead.count * rowsInput(plan).width ? null : 'width'
  }
  const planes = planesOf(plan)
  if (planes?.length !== lead.layers.length) return 'layers'
  const fits = planes.every(({ keys, values }, layer) => {
    const floats = (name: string): number => lead.count * plan.caches[name]!.kvHeads * plan.caches[name]!.headDim
    const given = lead.layers[layer]!
    return given.keys.length === floats(keys) && given.values.length === floats(values)
  })
  if (!fits) return 'heads'
  return lead.positions === 'counted' || turnsAlone(plan) ? null : 'positions'
}

/** The buffer that rows in place of tokens are written to, and its width. */
export function rowsInput(plan: Plan): { buffer: string; width: number } {
  const buffer = plan.steps.find(({ op, ofTokens }) => ofTokens && op === 'gather')!.args['y']!
  return { buffer, width: plan.buffers[buffer]!.width }
}

/** Where a lead's keys and values go, head by head: each cache is (K, C, d). @param context C */
export function* leadPieces(
  plan: Plan,
  context: number,
  { layers, count }: KeysLead,
): Generator<{ tensor: string; offset: number; floats: Float32Array }> {
  for (const [layer, planes] of planesOf(plan)!.entries()) {
    for (const side of ['keys', 'values'] as const) {
      const tensor = planes[side],
        { kvHeads, headDim } = plan.caches[tensor]!
      for (let head = 0; head < kvHeads; head++) {
        const floats = new Float32Array(count * headDim)
        for (let i = 0; i < count; i++) {
          const from = (i * kvHeads + head) * headDim
          floats.set(layers[layer]![side].subarray(from, from + headDim), i * headDim)
        }
        yield { tensor, offset: head * context * headDim, floats }
      }
    }
  }
}
