// GGUF's tensor names and Hugging Face's, both ways, for LLaMA and its relatives; and which
// tensors llama.cpp's converter reordered (rows.ts undoes it).

const top: readonly [string, string][] = [
  ['token_embd', 'model.embed_tokens'],
  ['output_norm', 'model.norm'],
  ['output', 'lm_head'],
]
const block: readonly [string, string][] = [
  ['attn_norm', 'input_layernorm'],
  ['ffn_norm', 'post_attention_layernorm'],
  ['attn_q', 'self_attn.q_proj'],
  ['attn_k', 'self_attn.k_proj'],
  ['attn_v', 'self_attn.v_proj'],
  ['attn_output', 'self_attn.o_proj'],
  ['attn_q_norm', 'self_attn.q_norm'],
  ['attn_k_norm', 'self_attn.k_norm'],
  ['ffn_gate', 'mlp.gate_proj'],
  ['ffn_up', 'mlp.up_proj'],
  ['ffn_down', 'mlp.down_proj'],
]
const flip = (pairs: readonly [string, string][]): Map<string, string> => new Map(pairs.map(([a, b]) => [b, a]))
const toHf = { top: new Map(top), block: new Map(block) }
const toGguf = { top: flip(top), block: flip(block) }

/** blk.3.attn_q.weight -> model.layers.3.self_attn.q_proj.weight; null for a name we do not know. */
export function hfName(gguf: string): string | null {
  const [, layer, stem, leaf] = /^(?:blk\.(0|[1-9]\d{0,3})\.)?([a-z_]+)\.(weight|bias)$/.exec(gguf) ?? []
  const base = (layer === undefined ? toHf.top : toHf.block).get(stem ?? '')
  return base === undefined ? null : `${layer === undefined ? '' : `model.layers.${layer}.`}${base}.${leaf!}`
}

/** The other way round. */
export function ggufName(hf: string): string | null {
  const [, layer, stem, leaf] = /^(?:model\.layers\.(0|[1-9]\d{0,3})\.)?([a-z_.]+)\.(weight|bias)$/.exec(hf) ?? []
  const base = (layer === undefined ? toGguf.top : toGguf.block).get(stem ?? '')
  return base === undefined ? null : `${layer === undefined ? '' : `blk.${layer}.`}${base}.${leaf!}`
}

/** Heads by which the rows of a tensor were reordered, or undefined: q and k of the llama architecture, biases too. */
export function permutedHeads(architecture: string, gguf: string, heads: number, kvHeads: number): number | undefined {
  const stem = architecture === 'llama' ? /^blk\.\d+\.attn_([qk])\.(?:weight|bias)$/.exec(gguf)?.[1] : undefined
  return stem === 'q' ? heads : stem === 'k' ? kvHeads : undefined
}
