// Tensors of the files that no step reads. Dropping one may change every number, so each is either known to be no part
// of the sum, or reported in the plan, or the model is refused. Names are Hugging Face's (formats/names.ts), or a
// GGUF's own where it has no other.

import { EngineError } from '../errors.ts'

/** Tensors that stay unread: `layers` beyond num_hidden_layers, `beside` the decoder (other heads, other senses). */
export interface UnusedTensors {
  why: 'layers' | 'beside'
  count: number
  names: string[]
}

/** Names shown of each kind; the count tells of the rest. */
const shown = 20
const short = (name: string): string => name.slice(0, 120)

/** Tables that the engine computes itself, and what other runtimes keep for themselves. */
const buffers =
  /(^|\.)(rotary_emb\.[a-z_]*(inv_freq|cos|sin)[a-z_]*|rotary_pos_emb\.inv_freq|inv_freq|position_ids|num_batches_tracked|attn_rot_embd)(\.weight)?$|\.(attn|attention|self_attn)\.(masked_bias|bias)$|^(blk\.\d+\.)?rope_freqs\.weight$/
/** Part of the sum wherever they stand. */
const adapters =
  /(^|\.)lora_|lora_(magnitude|embedding)|(^|\.)(adapter|adapters|base_layer|modules_to_save|prompt_encoder|ia3_l)(\.|$)/
/** Beside the decoder of text: read images and sound, score an answer, or guess ahead. */
const beside =
  /(^|[._])(visual|vision|image|img|audio|speech|mm|multi_modal|multimodal|projector|medusa|mtp|eagle|draft|score|cls|classifier|value_head|v_head|reward|rm_head|regression|qa_outputs|pooler)([._]|$)/

/**
 * @param names every tensor of the files
 * @param used those that the Plan reads
 * @throws TENSOR_UNUSED when dropping one changes the numbers: biases, norms, experts, adapters
 */
export function judgeTensors(
  names: Iterable<string>,
  used: ReadonlySet<string>,
  family: string,
  layers: number,
  gguf: boolean,
): UnusedTensors[] {
  const found: Record<'layers' | 'beside' | 'sum', string[]> = { layers: [], beside: [], sum: [] }
  for (const name of names) {
    if (used.has(name) || buffers.test(name)) continue
    const layer = /^(?:model\.layers|blk)\.(\d+)\./.exec(name)?.[1]
    const kind = adapters.test(name)
      ? 'sum'
      : layer !== undefined
        ? Number(layer) >= layers
          ? 'layers'
          : 'sum'
        : beside.test(name)
          ? 'beside'
          : gguf || /^(model|lm_head)\./.test(name)
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
