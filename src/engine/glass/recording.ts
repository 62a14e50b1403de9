// A recorded run: what the panels ask, asked once and kept in a file, so that a device without WebGPU has something
// true to show.
//
//   gzip of  "GLASSTRC" | u32 version | u32 bytes of JSON | JSON | f32 payload
//
// The JSON holds arrays as { "$f32": [offset, length] } into the payload. Attention is kept whole (lower triangle),
// every site of a block for the last positions, residuals for all. What was not recorded is refused in words.

import { EngineError } from '../errors.ts'
import { defaultSampling, nonFinite } from '../sampler/chain.ts'
import { drawMany } from '../sampler/draws.ts'
import { formOf, formText, type Allowed } from '../sampler/form.ts'
import { traceSampling } from '../sampler/trace.ts'
import { absentView, refuseAbsent } from './absent.ts'
import { checkQuestion, type RunShape } from './door.ts'
import { wholeSites } from './sites.ts'
import { attentionTriangles } from './recording-attention.ts'
import { filePlan } from './recording-plan.ts'
import { damaged } from './recording-values.ts'
import { fileEdit, readRecording, type Recording } from './recording-read.ts'
import { partOf } from './recording-tile.ts'
import { sites, type AttentionTile, type Glass, type GlassInfo, type SamplingView, type Site } from './types.ts'

const MAGIC = 'GLASSTRC'
const VERSION = 1
/** the last positions whose every site is kept */
const FOCUS = 8
const TILE = 64
/** the last positions of a small recording whose lens is kept */
const LAST = 8
/** tokens whose odds a panel lists, after any penalty: those have names */
export const NAMED = 120
/** Largest recording made or taken. */
const MAX_BYTES = 256 * 2 ** 20
/** Bytes of JSON beyond those of the numbers. */
const MAX_HEADER = 4 * 2 ** 20
const everywhere: Site[] = ['embed', 'resid_mid', 'resid_post']
const perBlock = sites.filter((s) => !['embed', 'final_norm', 'logits', 'scores', 'probs'].includes(s))

/** Where a recording keeps a probe. */
export const keptProbe = (site: string, layer: number, position: number): string => `${site}/${layer}/${position}`

/** What a small recording holds beside tokens, the last lens and what is known of every head; the rest it refuses. */
export interface Little {
  /** layers whose attention is kept */
  attention: readonly number[]
}

/**
 * Asks everything of a live glass and packs the answers. Takes seconds; onProgress counts 0..1.
 * @param little of a large model: the logits behind the text, and no other vector, no weight
 */
export async function record(
  glass: Glass,
  onProgress?: (fraction: number) => void,
  little?: Little,
): Promise<Uint8Array<ArrayBuffer>> {
  const info = await glass.info()
  const { layers, heads, length: T } = info
  const lacks = (view: string): boolean => info.unsupported.some((item) => item.view === view)
  if (lacks('recording')) refuseAbsent('recording')
  refuseTooLong(info)
  const tokens = await glass.tokens()
  const focus = Array.from({ length: Math.min(little ? 1 : FOCUS, T) }, (_, i) => T - 1 - i).reverse()
  const plan = await glass.plan()
  const words = new Set(Object.values(plan.sites).map(({ site }) => site))
  const has = (site: Site): boolean => words.has(site)
  const probes: Recording['probes'] = {}
  const attention: Recording['attention'] = [],
    valueNorms: Float32Array[] = []
  const attentionErrors: Record<string, number> = {}
  for (let layer = 0; layer < layers; layer++) {
    onProgress?.((layer + 1) / (layers + 2))
    const kept = !little || little.attention.includes(layer)
    attention.push(kept ? await attentionTriangles(glass, layer, heads, T) : null)
    if (little) continue
    valueNorms.push(await glass.valueNorms(layer))
    for (const site of everywhere.filter(has)) {
      if (site === 'embed' && layer > 0) continue
      for (let p = 0; p < T; p++) probes[keptProbe(site, layer, p)] = await glass.probe({ site, layer, position: p })
    }
    for (const p of focus) {
      for (const site of perBlock.filter(has)) {
        probes[keptProbe(site, layer, p)] ??= await glass.probe({ site, layer, position: p })
      }
      attentionErrors[`${layer}/${p}`] = await glass.attentionError(layer, p)
    }
  }
  for (const site of (['final_norm', 'logits'] as const).filter(has)) {
    for (const p of focus) probes[keptProbe(site, 0, p)] = await glass.probe({ site, position: p })
  }
  const draws: Record<number, number | null> = {},
    forms: Record<number, string> = {},
    texts: Record<number, string> = {}
  for (const p of focus) {
    const view = await glass.sampling(p + 1, defaultSampling, NAMED)
    draws[p + 1] = view.draw
    if (view.form) forms[p + 1] = formText(view.form)
    Object.assign(texts, namesIn(view))
  }
  const contributions: Recording['contributions'] = {}
  for (const p of lacks('contributions') ? [] : focus.filter((at) => at + 1 < T)) {
    contributions[p] = await glass.contributions(p, tokens[p + 1]!.id)
  }
  const lens = await glass.lens({
    positions: tokens.map((t) => t.position).slice(little ? -LAST : 0),
    layers: Array.from({ length: layers + 1 }, (_, l) => l - 1),
    part: 'resid',
    topK: 5,
  })
  const weights = little ? [] : await glass.weights()
  const tiles: Recording['tiles'] = {}
  for (const w of weights) {
    tiles[w.tensor] = await glass.weightTile(w.tensor, 0, 0, Math.min(8, w.rows), Math.min(TILE, w.cols))
  }
  onProgress?.(1)
  return packRecording({
    info: { ...info, source: 'recording' },
    tokens,
    attention,
    probes,
    stats: await glass.headStats(),
    lens,
    contributions,
    weights,
    tiles,
    plan,
    timings: little ? [] : await glass.timings(),
    attentionErrors,
    draws,
    ...(Object.keys(forms).length > 0 && { forms }),
    ...(!little && { valueNorms }),
    texts,
  })
}

/** Names of the tokens in sight; a recording that does not know one writes its number. */
export const namesIn = ({ rows }: SamplingView): Record<number, string> =>
  Object.fromEntries(rows.flatMap(({ id, text }) => (text === numbered(id) ? [] : [[id, text]])))
const numbered = (id: number): string => `#${id}`

/** Refuses before any work what could not be opened again, or is no longer kept whole. */
function refuseTooLong({ layers, heads, hidden, length, kept }: GlassInfo): void {
  const bytes = (n: number): number => 4 * layers * ((heads * n * (n + 1)) / 2 + 2 * hidden * n)
  let limit = length - kept
  while (limit > 0 && bytes(limit) > MAX_BYTES) limit--
  if (limit === length) return
  throw new EngineError(
    'RECORDING_TOO_LONG',
    `Cannot record ${length} tokens: of this model a recording holds at most ${limit}. Record a shorter text.`,
    { count: length, limit },
  )
}

/** As a file that openRecording reads. */
export async function packRecording(recording: Recording): Promise<Uint8Array<ArrayBuffer>> {
  const payload: Float32Array[] = []
  let length = 0
  // names as files have them since the first version
  const { attentionErrors: proofs, info, plan, ...rest } = recording
  const file = { ...rest, proofs, plan: filePlan(plan), info: { ...info, edits: info.edits.map(fileEdit) } }
  const json = JSON.stringify(file, (_, value: unknown) => {
    if (value instanceof Float32Array) {
      payload.push(value)
      length += value.length
      return { $f32: [length - value.length, value.length] }
    }
    return value instanceof Uint8Array ? { $u8: [...value] } : value
  })
  const text = new TextEncoder().encode(json)
  const start = Math.ceil((MAGIC.length + 8 + text.length) / 4) * 4
  const bytes = new Uint8Array(start + length * 4)
  bytes.set(new TextEncoder().encode(MAGIC))
  const view = new DataView(bytes.buffer)
  view.setUint32(8, VERSION, true)
  view.setUint32(12, text.length, true)
  bytes.set(text, 16)
  let at = start
  for (const part of payload) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at)
    at += part.byteLength
  }
  return new Uint8Array(
    await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
  )
}

/** Opens a recording as a Glass. @throws EngineError FILE_FORMAT when it is not one or is damaged */
export async function openRecording(file: Blob): Promise<Glass> {
  const bytes = await gunzip(file)
  if (bytes.length < 16 || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) {
    throw damaged('it does not begin as one')
  }
  const view = new DataView(bytes.buffer)
  if (view.getUint32(8, true) !== VERSION) {
    throw damaged(`its version is ${view.getUint32(8, true)}, this page reads ${VERSION}`)
  }
  const size = view.getUint32(12, true)
  const start = Math.ceil((16 + size) / 4) * 4
  if (start > bytes.length) throw damaged('it ends inside its header')
  // a header of nothing but commas would cost more to read than the file is worth
  if (size > MAX_HEADER + bytes.length - start) throw damaged('its header is longer than its numbers')
  const floats = new Float32Array(bytes.buffer, start, Math.floor((bytes.length - start) / 4))
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(16, 16 + size)))
  } catch {
    throw damaged('its header is not readable')
  }
  const recording = readRecording(header, floats)
  return new RecordedGlass(recording)
}

async function gunzip(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let total = 0
  try {
    const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      total += next.value.length
      if (total > MAX_BYTES) throw damaged(`it unpacks to more than ${MAX_BYTES} bytes`)
      parts.push(next.value)
    }
  } catch (error) {
    throw error instanceof EngineError ? error : damaged('it is not gzip, or cut short')
  }
  const bytes = new Uint8Array(total)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** What a recording does not have. */
export const notHeld = (what: string): EngineError =>
  new EngineError('PARAM_INVALID', `This recording does not hold ${what}. Run the model to see it.`, {
    param: 'recording',
    value: what,
  })

/** a recording holds one run */
const recorded = (): EngineError =>
  absentView(
    'recorded',
    'Cannot compare with and without an adapter in a recording: it holds one run. Load the model with the adapter.',
  )

/** models with an encoder are not recorded */
const crossAttention = 'attention from one text to another'

/** l2 norm; what is absent adds nothing. */
const lengthOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, v) => sum + (Number.isNaN(v) ? 0 : v * v), 0))

const refuseTile = (tensor: string): never => {
  throw notHeld(`that part of "${tensor}"`)
}

class RecordedGlass implements Glass {
  constructor(private readonly r: Recording) {}

  /** As a running model: a question is checked before it is looked up. */
  private async about<M extends keyof Glass, T>(
    question: M,
    given: Parameters<Glass[M]>,
    answer: (...checked: Parameters<Glass[M]>) => T | Promise<T>,
  ): Promise<T> {
    await Promise.resolve()
    return answer(...checkQuestion(question, given, this.shape))
  }
  private get shape(): RunShape {
    return { ...this.r.info, weight: (tensor) => this.r.weights.find((w) => w.tensor === tensor) ?? null }
  }

  info: Glass['info'] = () =>
    Promise.resolve({
      ...this.r.info,
      unsupported: [
        ...this.r.info.unsupported,
        ...(this.r.valueNorms ? [] : [{ view: 'value-flow', reason: 'recording' }]),
      ],
    })
  read: Glass['read'] = (...given) => this.about('read', given, () => undefined)
  tokens: Glass['tokens'] = () => Promise.resolve(this.r.tokens)
  headStats: Glass['headStats'] = () => Promise.resolve(this.r.stats)
  weights: Glass['weights'] = () => Promise.resolve(this.r.weights)
  plan: Glass['plan'] = () => Promise.resolve(this.r.plan)
  timings: Glass['timings'] = () => Promise.resolve(this.r.timings)

  probe: Glass['probe'] = (...given) =>
    this.about('probe', given, async ({ site, layer = 0, head, position }) => {
      if (site === 'probs') {
        const { values } = await this.attention({
          layer,
          heads: [head ?? 0],
          rows: [position, position + 1],
          cols: [0, position + 1],
          maxRows: 1,
          maxCols: position + 1,
        })
        return { shape: [values.length], values, norm: lengthOf(values) }
      }
      const found =
        this.r.probes[keptProbe(site, (wholeSites as readonly string[]).includes(site) ? 0 : layer, position)]
      if (!found) throw notHeld(`"${site}" at position ${position}`)
      const [groups, d] = found.shape
      if (head === undefined || d === undefined) return found
      const at = groups === this.r.info.heads ? head : Math.floor(head / (this.r.info.heads / this.r.info.kvHeads))
      const values = found.values.slice(at * d, (at + 1) * d)
      return { shape: [d], values, norm: lengthOf(values) }
    })

  attention: Glass['attention'] = (...given) =>
    this.about(
      'attention',
      given,
      ({ layer, heads, rows: [r0, r1], cols: [c0, c1], maxRows, maxCols, what = 'probs', branch }): AttentionTile => {
        if (what === 'scores') throw notHeld('raw scores')
        if (branch === 'cross') throw notHeld(crossAttention)
        const held = this.r.attention[layer]
        if (!held) throw notHeld(`the attention of layer ${layer}`)
        const poolR = Math.ceil((r1 - r0) / maxRows),
          poolC = Math.ceil((c1 - c0) / maxCols)
        const rows = Math.ceil((r1 - r0) / poolR),
          cols = Math.ceil((c1 - c0) / poolC)
        const values = new Float32Array(heads.length * rows * cols).fill(NaN)
        heads.forEach((h, n) => {
          const triangle = held[h]!
          for (let r = r0; r < r1; r++) {
            for (let c = c0; c < Math.min(c1, r + 1); c++) {
              const cell = (n * rows + Math.floor((r - r0) / poolR)) * cols + Math.floor((c - c0) / poolC)
              const value = triangle[(r * (r + 1)) / 2 + c]!
              if (!Number.isNaN(value) && !(value <= values[cell]!)) values[cell] = value
            }
          }
        })
        return { heads, rows, cols, pool: [poolR, poolC], values }
      },
    )

  valueNorms: Glass['valueNorms'] = (...given) =>
    this.about('valueNorms', given, (layer) => {
      const found = this.r.valueNorms?.[layer]
      if (!found) throw notHeld(`what the values of layer ${layer} weigh`)
      return found
    })

  thumbnails: Glass['thumbnails'] = (...given) =>
    this.about('thumbnails', given, (size, layer) => {
      const { heads, length } = this.r.info
      return this.attention({
        layer,
        heads: Array.from({ length: heads }, (_, h) => h),
        rows: [0, length],
        cols: [0, length],
        maxRows: size,
        maxCols: size,
      })
    })

  lens: Glass['lens'] = (...given) =>
    this.about('lens', given, ({ positions, layers, part, targets }) => {
      if (part !== 'resid') throw notHeld(`the lens of the ${part} part`)
      if (targets?.length) throw notHeld('the lens of chosen tokens')
      const held = this.r.lens.filter((c) => positions.includes(c.position) && layers.includes(c.layer))
      const lost = positions.find((at) => !held.some(({ position }) => position === at))
      if (lost !== undefined) throw notHeld(`the lens at position ${lost}`)
      return held
    })

  contributions: Glass['contributions'] = (...given) =>
    this.about('contributions', given, (position, target) => {
      const found = this.r.contributions[position]
      if (found?.target !== target) throw notHeld(`the parts of that token's logit at position ${position}`)
      return found
    })

  private logits(position: number): Float32Array {
    const row = this.r.probes[keptProbe('logits', 0, position - 1)]?.values
    if (!row || nonFinite(row) >= 0) throw notHeld(`the logits before position ${position}`)
    return row
  }

  /** as far as the recording names tokens */
  private textOf(id: number): string {
    this.texts ??= new Map([
      ...this.r.tokens.flatMap((t) => [[t.id, t.text] as const, ...t.top.map((c) => [c.id, c.text] as const)]),
      ...this.r.lens.flatMap((cell) => cell.top.map((t) => [t.id, t.text] as const)),
    ])
    return this.r.texts?.[id] ?? this.texts.get(id) ?? numbered(id)
  }
  private texts: Map<number, string> | null = null

  private history(position: number): number[] {
    return this.r.tokens.slice(0, position).map((t) => t.id)
  }

  private form(position: number): Allowed | null {
    const kept = this.r.forms?.[position]
    return kept === undefined ? null : formOf(kept)
  }

  sampling: Glass['sampling'] = (...given) =>
    this.about('sampling', given, (position, params, candidates) => {
      const form = this.form(position)
      const trace = traceSampling(this.logits(position), params, this.history(position), { top: candidates, form })
      return {
        ...trace,
        position,
        ...(form && { form }),
        draw: this.r.draws?.[position] ?? null,
        chosen: this.r.tokens[position]?.id ?? null,
        rows: trace.rows.map((row) => ({ ...row, text: this.textOf(row.id) })),
      }
    })

  draws: Glass['draws'] = (...given) =>
    this.about('draws', given, (position, params, count, seed) => {
      const { counts, uniforms } = drawMany(
        this.logits(position),
        { ...params, seed },
        this.history(position),
        count,
        this.form(position),
      )
      return { counts: counts.map((row) => ({ ...row, text: this.textOf(row.id) })), uniforms }
    })

  attentionError: Glass['attentionError'] = (...given) =>
    this.about('attentionError', given, (layer, position, branch) => {
      if (branch === 'cross') throw notHeld(crossAttention)
      const found = this.r.attentionErrors[`${layer}/${position}`]
      if (found === undefined) throw notHeld(`the attention error of layer ${layer} at position ${position}`)
      return found
    })

  cosines: Glass['cosines'] = (...given) =>
    this.about('cosines', given, () => {
      throw notHeld('the embedding')
    })
  direction: Glass['direction'] = (...given) =>
    this.about('direction', given, (target) => {
      throw notHeld(`the direction of token ${target}`)
    })

  adapterNorms: Glass['adapterNorms'] = () => Promise.reject(recorded())
  adapterChange: Glass['adapterChange'] = (...given) =>
    this.about('adapterChange', given, () => {
      throw recorded()
    })
  adapterLens: Glass['adapterLens'] = (...given) =>
    this.about('adapterLens', given, () => {
      throw recorded()
    })
  adapterAttention: Glass['adapterAttention'] = (...given) =>
    this.about('adapterAttention', given, () => {
      throw recorded()
    })

  weightTile: Glass['weightTile'] = (...given) =>
    this.about('weightTile', given, (tensor, row, col, rows, cols) => {
      const tile = this.r.tiles[tensor]
      if (!tile) throw notHeld(`weight "${tensor}"`)
      const asked = { row, col, rows: Math.min(rows, tile.rows - row), cols: Math.min(cols, tile.cols - col) }
      return partOf(tile, asked) ?? refuseTile(tensor)
    })

  /** A recording holds one run, with the edits it was made under. */
  setEdits: Glass['setEdits'] = (...given) =>
    this.about('setEdits', given, (edits) => {
      if (JSON.stringify(edits) !== JSON.stringify(this.r.info.edits)) {
        throw notHeld(edits.length ? 'a model to change' : 'the run without its changes')
      }
      return { edits: this.r.info.edits, tokens: this.r.tokens }
    })
}
