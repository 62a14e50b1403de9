// Tensors of the files that no step reads. Dropping one may change every number, so each is either known to be no part
// of the sum, or reported in the plan, or the model is refused. Names are the family's; a tensor that it does not name
// keeps its own.

import { EngineError } from '../errors.ts'
import type { Description, Family, Wording } from './describe.ts'

/** Tensors that stay unread: `layers` beyond num_hidden_layers, `beside` the decoder (other heads, other senses). */
export interface UnusedTensors {
  why: 'layers' | 'beside'
  count: number
  names: string[]
}

/** Names shown of each kind; the count tells of the rest. */
const shown = 20
const short = (name: string): string => name.slice(0, 120)

/** Part of the sum wherever they stand. */
const adapters =
  /(^|\.)lora_|lora_(magnitude|embedding)|(^|\.)(adapter|adapters|base_layer|modules_to_save|prompt_encoder|ia3_l)(\.|$)/
/** Beside the decoder of text: read images and sound, score an answer, or guess ahead. */
const beside =
  /(^|[._])(visual|vision|image|img|audio|speech|mm|multi_modal|multimodal|projector|medusa|mtp|eagle|draft|score|cls|classifier|value_head|v_head|reward|rm_head|regression|qa_outputs|pooler)([._]|$)/

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/**
 * @param names every tensor of the files
 * @param used those that the Plan reads
 * @param description what is computed; where it leaves the family's head out, that may stand in the files
 * @param wording whether anything may lie beside the decoder
 * @throws TENSOR_UNUSED when dropping one changes the numbers: biases, norms, experts, adapters
 */
export function judgeTensors(
  names: Iterable<string>,
  used: ReadonlySet<string>,
  { family, dims: { layers }, embed, block, head, encoder, headless, prefixEncoder }: Description,
  { buffers, modules }: Pick<Family, 'buffers' | 'modules'>,
  { beside: mayLieBeside }: Wording,
): UnusedTensors[] {
  const found: Record<'layers' | 'beside' | 'sum', string[]> = { layers: [], beside: [], sum: [] }
  const stacks = [{ layers, block }, ...(encoder ? [encoder] : [])].map((stack) => ({
    layers: stack.layers,
    is: new RegExp(`^${escaped(stack.block(0).at).replace('\\{i\\}', '(\\d+)')}\\.`),
  }))
  const ends = [embed.at, block(0).at, head.norm?.at, head.tokens?.at, encoder?.embed.at, encoder?.block(0).at]
  const roots = new Set(ends.flatMap((at) => at?.split('.')[0] ?? []))
  const isHead = (name: string): boolean => Boolean(headless) && modules.heads.some((at) => name.startsWith(`${at}.`))
  for (const name of names) {
    if (used.has(name) || buffers?.test(name)) continue
    if (prefixEncoder && name.startsWith(`${prefixEncoder.at}.`)) continue // read with the adapters
    const stack = stacks.find(({ is }) => is.test(name))
    const layer = stack?.is.exec(name)?.[1]
    const kind = adapters.test(name)
      ? 'sum'
      : layer !== undefined
        ? Number(layer) >= stack!.layers
          ? 'layers'
          : 'sum'
        : beside.test(name) || isHead(name)
          ? 'beside'
          : !mayLieBeside || roots.has(name.split('.')[0]!)
            ? 'sum'
            : 'beside'
    found[kind].push(name)
  }
  if (found.sum.length) {
    const first = found.sum
      .slice(0, 3)
      .map((name) => `"${short(name)}"`)
      .join(', ')
    throw new EngineError(
      'TENSOR_UNUSED',
      `Cannot load this model: its files hold ${first}${found.sum.length > 3 ? ` and ${found.sum.length - 3} more tensors` : ''}, which the family ${family} does not compute with. Leaving them out would change every number. Nothing was loaded; choose a model of this family without them.`,
      {
        tensor: found.sum[0]!,
        count: found.sum.length,
        names: found.sum.slice(0, 3).map(short).join(', '),
        ...(found.sum.length > 3 && { more: found.sum.length - 3 }),
        family,
      },
    )
  }
  return (['layers', 'beside'] as const).flatMap((why) =>
    found[why].length ? [{ why, count: found[why].length, names: found[why].slice(0, shown).map(short) }] : [],
  )
}
