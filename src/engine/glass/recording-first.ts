// Recordings of the first version list a Plan's steps and no sites. All of them are of one shape (two branches one after
// the other, RMSNorm, a gated MLP), so their sites are told from the steps' names, here and nowhere else.

import { damaged } from './recording-values.ts'
import type { GlassInfo, PlanInfo, PlanSite, PlanStepInfo, Site } from './types.ts'

/** Steps that may make a site, the first that is there, and which of its matrices does. */
type Makers = readonly (readonly [step: string, matrix?: number])[]
interface More {
  heads?: number
  /** name of the site that the matrix multiplies */
  input?: string
}

/** @throws EngineError FILE_FORMAT where a step is missing */
export function firstSites(
  steps: readonly PlanStepInfo[],
  { layers, heads, kvHeads, headDim, hidden, ffn, vocab }: GlassInfo,
): Pick<PlanInfo, 'sites' | 'blocks' | 'outputs'> {
  const named = new Map(steps.map((step) => [step.name, step]))
  const sites: Record<string, PlanSite> = {}
  const add = (
    name: string,
    site: Site | null,
    layer: number,
    width: number,
    makers: Makers,
    more: More = {},
  ): void => {
    const [at, nth] = makers.find(([step]) => named.has(step)) ?? []
    if (at === undefined) return
    const step = named.get(at)!
    const tensor = nth === undefined ? undefined : step.weights[nth]
    sites[name] = {
      site,
      layer,
      side: 'text',
      step: at,
      width,
      heads: more.heads ?? null,
      from: [],
      matrix:
        tensor === undefined
          ? null
          : { tensor, rows: null, input: more.input ?? null, bias: step.params['hasBias'] === 1 },
    }
  }
  const [q, k] = [heads * headDim, kvHeads * headDim]
  add('embed', 'embed', 0, hidden, [['embed']])
  const blocks = Array.from({ length: layers }, (_, layer): PlanInfo['blocks'][number] => {
    const at = (name: string): string => `blocks.${layer}.${name}`
    const before = Object.keys(sites).length
    const put = (name: string, site: Site | null, width: number, makers: Makers, more?: More): void =>
      add(
        at(name),
        site,
        layer,
        width,
        makers.map(([step, nth]) => [at(step), nth] as const),
        more,
      )
    const normed = { input: at('attn.norm') }
    const turned = [['attn.rope_append'], ['attn.append']] as const
    // after a norm of each head, what a probe gives is that; else the projection
    const word = (site: Site): Site | null =>
      named.has(at(`attn.${site}_norm`)) || named.has(at('attn.qk_norm')) ? null : site
    put('attn.norm', 'attn_norm', hidden, [['attn.norm']])
    put(
      'attn.q',
      word('q'),
      q,
      [
        ['attn.qkv', 0],
        ['attn.q', 0],
      ],
      { heads, ...normed },
    )
    put(
      'attn.k',
      word('k'),
      k,
      [
        ['attn.qkv', 1],
        ['attn.k', 0],
      ],
      { heads: kvHeads, ...normed },
    )
    put(
      'attn.v',
      'v',
      k,
      [
        ['attn.qkv', 2],
        ['attn.v', 0],
      ],
      { heads: kvHeads, ...normed },
    )
    put('attn.q_norm', 'q', q, [['attn.q_norm'], ['attn.qk_norm']], { heads })
    put('attn.k_norm', 'k', k, [['attn.k_norm'], ['attn.qk_norm']], { heads: kvHeads })
    put('attn.q_rope', null, q, [['attn.rope_append'], ['attn.q_rope']], { heads })
    put('attn.k_rope', null, k, [['attn.rope_append'], ['attn.k_rope']], { heads: kvHeads })
    put('attn.keys', 'k_rope', k, turned, { heads: kvHeads })
    put('attn.values', null, k, turned, { heads: kvHeads })
    put('attn.queries', 'q_rope', q, [['attn.z']], { heads })
    put('attn.z', 'z', q, [['attn.z']], { heads })
    put('attn.out', 'attn_out', hidden, [['attn.out', 0]], { input: at('attn.z') })
    put('resid_mid', 'resid_mid', hidden, [['attn.add'], ['attn.out']])
    put('mlp.norm', 'mlp_norm', hidden, [['mlp.norm']])
    put(
      'mlp.gate',
      'gate',
      ffn,
      [
        ['mlp.gate_up', 0],
        ['mlp.gate', 0],
      ],
      { input: at('mlp.norm') },
    )
    put(
      'mlp.up',
      'up',
      ffn,
      [
        ['mlp.gate_up', 1],
        ['mlp.up', 0],
      ],
      { input: at('mlp.norm') },
    )
    put('mlp.act', 'act', ffn, [['mlp.act']])
    put('mlp.out', 'mlp_out', hidden, [['mlp.down', 0]], { input: at('mlp.act') })
    put('resid_post', 'resid_post', hidden, [['mlp.add'], ['mlp.down']])
    const adder = (plain: string, fused: string): string => (named.has(at(plain)) ? at(plain) : at(fused))
    return {
      stack: 'decoder',
      number: layer,
      sites: Object.keys(sites).slice(before),
      branches: [
        {
          name: 'attn',
          reads: layer === 0 ? 'embed' : `blocks.${layer - 1}.resid_post`,
          writes: at('resid_mid'),
          out: at('attn.out'),
          adds: adder('attn.add', 'attn.out'),
        },
        {
          name: 'mlp',
          reads: at('resid_mid'),
          writes: at('resid_post'),
          out: at('mlp.out'),
          adds: adder('mlp.add', 'mlp.down'),
        },
      ],
    }
  })
  add('final_norm', 'final_norm', 0, hidden, [['final_norm']])
  add('logits', 'logits', 0, vocab, [['logits', 0]], { input: 'final_norm' })
  const needed = blocks.flatMap(({ branches }) => branches.flatMap(({ reads, writes, out }) => [reads, writes!, out]))
  const lost = ['embed', 'final_norm', 'logits', ...needed].find((name) => !(name in sites))
  if (lost !== undefined) throw damaged(`its plan has no step that makes "${lost}"`)
  return { sites, blocks, outputs: [{ name: 'logits', site: 'logits', rows: 'each' }] }
}
