// The table of families in the README, made from what the families say of their golden models: positions, norms,
// attention, masks, GGUF. Nothing here is written by hand but the words.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { bytesSource } from '../formats/bytes.ts'
import { openModel } from '../load.ts'
import type { Attention, Branch, Description, Family, Norm, RelativeAttention } from '../model/describe.ts'
import { families } from '../model/families/index.ts'
import type { RopeSpec } from '../model/rope-table.ts'
import { goldens } from './goldens.ts'

const root = 'fixtures/golden'

/** One line per family, in alphabetical order, under its head. */
export async function familyTable(): Promise<string[]> {
  const rows = new Map<string, string>()
  // packed weights and GGUFs speak for a family that has no other golden
  const last = (folder: string): boolean => isGguf(folder) || isPacked(folder)
  for (const folder of [...goldens.filter((folder) => !last(folder)), ...goldens.filter(last)]) {
    const files = readdirSync(`${root}/${folder}`, { withFileTypes: true }).filter((entry) => entry.isFile())
    const description = await described(
      folder,
      files.map(({ name }) => name),
    )
    const { family } = description
    rows.set(family, rows.get(family) ?? row(description))
  }
  const missing = families.filter((family) => !alike(family).some(({ name }) => rows.has(name))).map(({ name }) => name)
  if (missing.length) throw new Error(`no golden model of ${missing.join(', ')}`)
  return [
    '| Family (model_type) | Positions | Norms | Attention | Mask | MLP | GGUF |',
    '|---|---|---|---|---|---|---|',
    ...[...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line),
  ]
}

const isGguf = (folder: string): boolean => !existsSync(`${root}/${folder}/config.json`)

const isPacked = (folder: string): boolean =>
  /"quantization(_config)?"/.test(readFileSync(`${root}/${folder}/config.json`, 'utf8'))

/** Families of one network, which differ in their GGUFs alone. */
const alike = ({ describe }: Family): Family[] => families.filter((family) => family.describe === describe)

async function described(folder: string, names: readonly string[]): Promise<Description> {
  const files = new Map(names.map((name) => [name, bytesSource(name, readFileSync(`${root}/${folder}/${name}`))]))
  return (await openModel({ name: folder, files }, { device: 'reference', linear: 'keep', embedding: 'keep' }))
    .description
}

const unique = (words: readonly string[]): string => [...new Set(words)].join(', ')

function row(description: Description): string {
  const { family, dims, encoder, embed, head } = description
  const stacks = [...(encoder ? [encoder] : []), { embed, layers: dims.layers, block: description.block }]
  const branches = stacks.flatMap(({ layers, block }) =>
    Array.from({ length: layers }, (_, layer) => block(layer).branches).flat(),
  )
  const attentions = branches.flatMap(({ body }) => (body.kind === 'attention' ? [body] : []))
  const relative = branches.flatMap(({ body }) => (body.kind === 'relative-attention' ? [body] : []))
  const parallel = description.block(0).parallel ? 'side by side' : ''
  const learned = stacks.some(({ embed: e }) => e.positions)
  const known = families.find(({ name }) => name === family)!
  const cells = [
    known.name === known.types[0] ? known.name : `${known.name} (${known.types.join(', ')})`,
    learned
      ? 'learned'
      : unique(attentions.flatMap((a) => positionOf(a, dims.d))) || (relative.length ? 'relative' : 'recurrent'),
    unique([...branches.flatMap(normsOf), ...(head.norm ? [`${nameOf(head.norm)} at the end`] : [])]) || '–',
    [unique(attentions.map((a) => kindOf(a, dims))) || (relative.length ? 'MHA' : ''), parallel]
      .filter(Boolean)
      .join('; ') || '–',
    unique([...attentions, ...relative.map(({ sees }) => ({ sees, window: 0 }))].map(maskOf)) || '–',
    unique(
      branches.flatMap(({ body }) =>
        body.kind === 'attention' || body.kind === 'relative-attention' ? [] : [mlpOf(body)],
      ),
    ) || '–',
    unique(alike(known).flatMap(({ gguf }) => gguf?.arch ?? [])) || '–',
  ]
  return `| ${cells.join(' | ')} |`
}

const turned = ({ layout, rotary, sections, plane }: RopeSpec, d: number): string =>
  [
    plane ? 'rotary in two parts' : 'rotary',
    ...(layout === 'interleaved' ? ['neighbouring pairs'] : []),
    ...(rotary < d && !sections ? ['a part of each head'] : []),
  ].join(', ')
function positionOf({ rope, bias, sees }: Attention, d: number): string[] {
  if (rope) return [turned(rope, d)]
  if (bias) return [bias.kind === 'slopes' ? 'ALiBi' : 'buckets of distance']
  return sees === 'source' ? [] : ['none']
}

const nameOf = ({ kind }: Norm): string => (kind === 'rms' ? 'RMS' : 'Layer')
const normsOf = ({ norm, after, closing }: Branch): string[] => [
  ...(norm ? [`${nameOf(norm)} before`] : []),
  ...(after ? [`${nameOf(after)} behind`] : []),
  ...(closing ? [`${nameOf(closing)} over the sum`] : []),
]

function kindOf(a: Attention, { H, K }: Description['dims']): string {
  const shared = K === H ? 'MHA' : K === 1 ? 'MQA' : 'GQA'
  return [
    shared,
    ...(a.qNorm ? [a.qNorm.over === 'all' ? 'q and k normed whole' : 'q and k normed by head'] : []),
    ...(a.cap ? ['scores capped'] : []),
  ].join(', ')
}

const maskOf = ({ sees, window }: Pick<Attention, 'sees' | 'window'>): string =>
  [
    { causal: 'causal', both: 'both ways', prefix: 'prefix', source: 'the source' }[sees],
    ...(window ? ['window'] : []),
  ].join(' in a ')

function mlpOf(body: Exclude<Branch['body'], Attention | RelativeAttention>): string {
  switch (body.kind) {
    case 'mlp':
      return body.act
    case 'gated-mlp':
      return `${body.act}, gated`
    case 'experts':
      return `${body.act}, experts`
    case 'cell':
      return 'cell'
  }
}
