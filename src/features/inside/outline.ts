// What a model's pass is made of, read off its Plan: parts from the bottom to the top (embedding, branches of every block,
// head), the ops of each in the order they are computed, and the vectors of each op with the sites they are read from.
// The map, the walk and the cards all follow it; a part, an op or a vector that the Plan lacks is not in it. Knows no
// family.

import type { PlanInfo } from '../../store/inspect.ts'

/** `source`, `read`: the two ends of an encoder that stands before a decoder. Branches carry the Plan's names. */
export type Part = 'source' | 'read' | 'embed' | 'attn' | 'cross' | 'mlp' | 'cell' | 'head'
export type Op =
  | 'embed'
  | 'norm'
  | 'qkv'
  | 'rope'
  | 'cache'
  | 'attention'
  | 'router'
  | 'swiglu'
  | 'gates'
  | 'state'
  /** a norm over what the branch gives · the sum · a norm over the sum */
  | 'after'
  | 'out'
  | 'closing'
  | 'transform'
  | 'softmax'
  | 'labels'
  | 'vector'

/** A vector by the name that the words have; without a site it is computed from others. */
export interface VectorBox {
  name: string
  site: string | null
}
export interface OpBox {
  op: Op
  /** of a norm: which */
  kind?: 'rms' | 'layer'
  /** `out`: the branch is added to its norm's result, and not to what it reads */
  ontoNorm?: true
  /** from bottom to top as they are computed */
  vectors: readonly VectorBox[]
}
export interface PartBox {
  part: Part
  /** of the ends: the first or last layer of their stack */
  layer: number
  /** its positions are those of the source */
  side: 'text' | 'source'
  ops: readonly OpBox[]
}
export interface Outline {
  layers: number
  /** the first layers, which read the source of an encoder–decoder; 0 elsewhere */
  sourceLayers: number
  /** bottom to top */
  parts: readonly PartBox[]
}

/** Parts that lie on the residual; the others leave it and come back. */
export const isOnSpine = (part: Part): boolean => !['attn', 'cross', 'mlp'].includes(part)
/** Parts that are no branch of a block. */
export const isEnd = (part: Part): boolean => ['source', 'read', 'embed', 'head'].includes(part)

const outlines = new WeakMap<PlanInfo, Outline>()

export function outlineOf(plan: PlanInfo): Outline {
  let outline = outlines.get(plan)
  if (!outline) outlines.set(plan, (outline = read(plan)))
  return outline
}

function read(plan: PlanInfo): Outline {
  const layers = plan.blocks.length
  const sourceLayers = 'encoder.embed' in plan.sites ? plan.blocks.filter(({ stack }) => stack === 'encoder').length : 0
  const parts: PartBox[] = []
  const last = (layer: number): string => plan.blocks[layer]!.branches.at(-1)!.writes!
  const end = (part: Part, layer: number, ops: OpBox[]): void => {
    parts.push({ part, layer, side: part === 'source' || part === 'read' ? 'source' : 'text', ops })
  }
  const embed = (site: string): OpBox => ({ op: 'embed', vectors: [{ name: 'x', site }] })
  if (sourceLayers > 0) end('source', 0, [embed('encoder.embed')])
  else end('embed', 0, [embed('embed')])
  plan.blocks.forEach(({ branches }, layer) => {
    if (sourceLayers > 0 && layer === sourceLayers) {
      const norm = normOp(plan, 'norm', last(layer - 1), 'encoder.norm')
      if (norm) end('read', layer - 1, [norm])
      end('embed', layer, [embed('embed')])
    }
    const side = layer < sourceLayers ? 'source' : 'text'
    for (const branch of branches) {
      const ops = branch.name === 'cell' ? cellOps(plan, layer) : branchOps(plan, layer, branch, side)
      parts.push({ part: branch.name, layer, side, ops })
    }
  })
  end('head', layers - 1, headOps(plan, last(layers - 1)))
  return { layers, sourceLayers, parts }
}

/** What a norm's site is made by. */
export function normKind(plan: PlanInfo, site: string): 'rms' | 'layer' | null {
  const made = plan.sites[site]?.step
  const op = plan.steps.find(({ name }) => name === made)?.op
  return op === 'rmsnorm' ? 'rms' : op === 'layernorm' ? 'layer' : null
}

function normOp(plan: PlanInfo, op: 'norm' | 'after' | 'closing', x: string, y: string): OpBox | null {
  const kind = y in plan.sites ? normKind(plan, y) : null
  return (
    kind && {
      op,
      kind,
      vectors: known(plan, [
        ['x', x],
        ['y', y],
      ]),
    }
  )
}

/** Those vectors whose site is there to be read, at positions of that side. */
const known = (
  plan: PlanInfo,
  list: readonly (readonly [name: string, ...sites: string[]])[],
  side?: 'text' | 'source',
): VectorBox[] =>
  list.flatMap(([name, ...sites]) => {
    const site = sites.find((one) => {
      const its = plan.sites[one]?.side ?? null
      return its !== null && (side === undefined || its === side)
    })
    return site === undefined ? [] : [{ name, site }]
  })

type Branch = PlanInfo['blocks'][number]['branches'][number]

function branchOps(plan: PlanInfo, layer: number, branch: Branch, side: 'text' | 'source'): OpBox[] {
  const at = (word: string): string => `blocks.${layer}.${branch.name}.${word}`
  const own = (...list: [name: string, ...words: string[]][]): VectorBox[] =>
    known(
      plan,
      list.map(([name, ...words]) => [name, ...words.map(at)] as const),
      side,
    )
  const sum = at('sum') in plan.sites ? at('sum') : branch.writes
  const onto = sum === null ? undefined : plan.sites[sum]?.from[0]
  return [
    normOp(plan, 'norm', branch.reads, at('norm')),
    ...(branch.name === 'mlp' ? unitOps(own) : attentionOps(plan, layer, branch.name, own)),
    normOp(plan, 'after', at('out'), at('after')),
    {
      op: 'out' as const,
      ...(branch.breaks && onto === at('norm') && { ontoNorm: true as const }),
      vectors: [
        { name: 'delta', site: null },
        { name: 'sum', site: null },
      ],
    },
    at('sum') in plan.sites && branch.writes !== null ? normOp(plan, 'closing', at('sum'), branch.writes) : null,
  ].filter((op) => op !== null)
}

type Own = (...list: [name: string, ...words: string[]][]) => VectorBox[]

function attentionOps(plan: PlanInfo, layer: number, name: Branch['name'], own: Own): OpBox[] {
  const at = (word: string): string => `blocks.${layer}.${name}.${word}`
  const made = plan.sites[at('z')]?.step
  // scores of distances and segments too are no product of a query and a key that could be shown
  const plain = plan.steps.find((step) => step.name === made)?.op !== 'attention-relative'
  return [
    { op: 'qkv', vectors: own(['q', 'q_norm', 'q'], ['k', 'k_norm', 'k'], ['v', 'v']) },
    ...(at('q_rope') in plan.sites
      ? [{ op: 'rope' as const, vectors: own(['q_rope', 'queries'], ['k_rope', 'keys']) }]
      : []),
    // a text that is read as a whole leaves nothing for later tokens
    ...(name === 'attn' && plan.blocks[layer]!.stack === 'decoder' ? [{ op: 'cache' as const, vectors: [] }] : []),
    {
      op: 'attention',
      vectors: [...(plain ? ['scores', 'probs'].map((word) => ({ name: word, site: null })) : []), ...own(['z', 'z'])],
    },
  ]
}

const unitOps = (own: Own): OpBox[] => {
  const router = own(['router', 'router'])
  return [
    ...(router.length > 0 ? [{ op: 'router' as const, vectors: router }] : []),
    { op: 'swiglu', vectors: own(['gate', 'gate'], ['up', 'up'], ['act', 'act']) },
  ]
}

function cellOps(plan: PlanInfo, layer: number): OpBox[] {
  const at = (word: string): string => `blocks.${layer}.cell.${word}`
  return [
    { op: 'gates', vectors: known(plan, [['gates', at('gates')]]) },
    {
      op: 'state',
      vectors: known(plan, [
        ['state', at('state')],
        ['h', at('out')],
      ]),
    },
  ]
}

function headOps(plan: PlanInfo, last: string): OpBox[] {
  const norm = normOp(plan, 'norm', last, 'final_norm')
  const transform = known(plan, [
    ['dense', 'transform.dense'],
    ['bent', 'transform.act'],
    ['normed', 'transform.norm'],
  ])
  const ops: OpBox[] = norm ? [norm] : []
  if (plan.outputs.some(({ name }) => name === 'logits')) {
    const logits = known(plan, [['logits', 'logits']])
    if (transform.length > 0) ops.push({ op: 'transform', vectors: transform })
    ops.push({ op: 'softmax', vectors: logits.length > 0 ? [...logits, { name: 'p', site: null }] : [] })
  }
  const others = (names: readonly string[]): VectorBox[] =>
    known(
      plan,
      plan.outputs.filter(({ name }) => names.includes(name)).map(({ site }) => [site, site] as const),
    )
  const labels = others(['labels', 'token-labels', 'span']),
    vectors = others(['hidden', 'pooled'])
  if (labels.length > 0) ops.push({ op: 'labels', vectors: labels })
  if (vectors.length > 0) ops.push({ op: 'vector', vectors })
  // nothing of it can be read: its card says why
  return ops.length > 0 ? ops : [{ op: 'vector', vectors: [] }]
}

/** The box of a part in a layer; of an end, whatever the layer. */
export const boxOf = ({ parts }: Outline, part: Part, layer: number): PartBox | undefined =>
  parts.find((p) => p.part === part && (p.layer === layer || isEnd(part)))
export const opOf = (box: PartBox, op: Op): OpBox | undefined => box.ops.find((one) => one.op === op)

/** One step of the pass. */
export interface Place {
  part: Part
  layer: number
  op: Op
}

export const placesOf = ({ parts }: Outline): Place[] =>
  parts.flatMap(({ part, layer, ops }) => ops.map(({ op }) => ({ part, layer, op })))

/** Where one stands in this model when one stood there in another, or in another layer: the same place, or the nearest. */
export function placeIn(outline: Outline, { part, layer, op }: Place): Place {
  const { parts, sourceLayers } = outline
  const reading = layer < sourceLayers
  const wanted: Part =
    part === 'embed' && reading ? 'source' : (part === 'source' || part === 'read') && !reading ? 'embed' : part
  const box =
    boxOf(outline, wanted, layer) ??
    parts.find((p) => p.layer === layer && !isEnd(p.part)) ??
    boxOf(outline, 'head', layer)!
  return { part: box.part, layer: box.layer, op: (opOf(box, op) ?? box.ops[0]!).op }
}

export const placeIndex = (places: readonly Place[], at: Place): number =>
  Math.max(
    0,
    places.findIndex((p) => p.part === at.part && p.op === at.op && (p.layer === at.layer || isEnd(at.part))),
  )
