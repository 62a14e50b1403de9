// What one panel shows of a run, as a recording small enough to lie inside a page. Asked of any Glass, a recorded one
// too, so every number is the run's own and none is rounded. Where all of it would be too much, what lies nearest to the
// place that is looked at stays, and the rest is refused in words like anything that was not recorded.

import { EngineError } from '../errors.ts'
import { defaultSampling } from '../sampler/chain.ts'
import { formText } from '../sampler/form.ts'
import { refuseAbsent } from './absent.ts'
import { attentionTriangles } from './recording-attention.ts'
import type { Recording } from './recording-read.ts'
import { keptProbe, namesIn, NAMED, notHeld, packRecording } from './recording.ts'
import type { Glass, GlassInfo, GlassToken } from './types.ts'

export type SlicePanel = 'attention' | 'lens' | 'probabilities'
export interface SliceRequest {
  panel: SlicePanel
  /** where the reader stands: what lies near it is kept longest */
  layer: number
  position: number
  /** most bytes of the file */
  maxBytes: number
}
export interface Slice {
  bytes: Uint8Array<ArrayBuffer>
  /** layers (attention) or positions (the others) that are in the file, and how many the run has */
  kept: number
  of: number
}

type Part = Partial<
  Pick<
    Recording,
    'attention' | 'valueNorms' | 'attentionErrors' | 'probes' | 'lens' | 'contributions' | 'draws' | 'forms' | 'texts'
  >
>
interface Parts {
  places: number[]
  /** null where the Glass, a recording, does not hold it */
  read(place: number): Promise<Part | null>
}

/** @throws VIEW_ABSENT where such a run is not recorded, RECORDING_TOO_LONG where not one layer or position fits */
export async function sliceRun(
  glass: Glass,
  { panel, maxBytes, ...here }: SliceRequest,
  onProgress?: (fraction: number) => void,
): Promise<Slice> {
  const info = await glass.info()
  if (info.unsupported.some(({ view }) => view === 'recording')) refuseAbsent('recording')
  if (info.kept > 0) throw tooLong(info, { limit: info.length - info.kept })
  const base: Recording = {
    info: { ...info, source: 'recording' },
    tokens: await glass.tokens(),
    attention: Array.from({ length: info.layers }, () => null),
    valueNorms: Array.from({ length: info.layers }, () => null),
    attentionErrors: {},
    probes: {},
    stats: await glass.headStats(),
    lens: [],
    contributions: {},
    weights: [],
    tiles: {},
    plan: await glass.plan(),
    timings: [],
    draws: {},
  }
  const { places, read } = { attention, lens, probabilities }[panel](glass, info, base.tokens, here)
  const empty = (await packRecording(base)).length
  const parts: Part[] = []
  let size = empty
  for (const [n, place] of places.entries()) {
    const part = await read(place)
    onProgress?.((n + 1) / places.length)
    if (!part) continue
    size += (await packRecording(joined(base, part))).length - empty
    if (size > maxBytes) break
    parts.push(part)
  }
  // together they take about what they take one by one
  for (; parts.length > 0; parts.pop()) {
    const bytes = await packRecording(parts.reduce<Recording>(joined, base))
    if (bytes.length <= maxBytes) return { bytes, kept: parts.length, of: places.length }
  }
  throw size === empty ? notHeld(`what "${panel}" shows`) : tooLong(info, { bytes: maxBytes })
}

const tooLong = ({ length }: GlassInfo, room: { limit: number } | { bytes: number }): EngineError =>
  new EngineError(
    'RECORDING_TOO_LONG',
    `Cannot save ${length} tokens: ${'limit' in room ? `only the last ${room.limit} are still kept` : `what is shown of one place is more than ${room.bytes} bytes`}. Save a shorter text.`,
    { count: length, ...room },
  )

const joined = (all: Recording, part: Part): Recording => ({
  ...all,
  attention: all.attention.map((held, layer) => part.attention?.[layer] ?? held),
  valueNorms: all.valueNorms!.map((held, layer) => part.valueNorms?.[layer] ?? held),
  attentionErrors: { ...all.attentionErrors, ...part.attentionErrors },
  probes: { ...all.probes, ...part.probes },
  lens: [...all.lens, ...(part.lens ?? [])],
  contributions: { ...all.contributions, ...part.contributions },
  draws: { ...all.draws, ...part.draws },
  ...((all.forms || part.forms) && { forms: { ...all.forms, ...part.forms } }),
  texts: { ...all.texts, ...part.texts },
})

/** 0 to count - 1, those near `here` first. */
const nearest = (count: number, here: number): number[] =>
  Array.from({ length: count }, (_, i) => i).toSorted((a, b) => Math.abs(a - here) - Math.abs(b - here) || a - b)

/** null: a recording does not hold it. Anything else that fails is a fault. */
const unheld = (error: unknown): null => {
  if (error instanceof EngineError && (error.code === 'PARAM_INVALID' || error.code === 'VIEW_ABSENT')) return null
  throw error
}

type Ask = (
  glass: Glass,
  info: GlassInfo,
  tokens: readonly GlassToken[],
  here: { layer: number; position: number },
) => Parts

/** By layer; of the layer at hand also what its scores are made of. */
const attention: Ask = (glass, { layers, heads, length }, _, here) => ({
  places: nearest(layers, here.layer),
  async read(layer) {
    const triangles = await attentionTriangles(glass, layer, heads, length).catch(unheld)
    if (!triangles) return null
    const only = <T>(value: T | null): (T | null)[] =>
      Array.from({ length: layers }, (_, l) => (l === layer ? value : null))
    const attentionErrors: Recording['attentionErrors'] = {},
      probes: Recording['probes'] = {}
    for (let position = 0; position < length; position++) {
      const error = await glass.attentionError(layer, position).catch(unheld)
      if (error !== null) attentionErrors[`${layer}/${position}`] = error
      if (layer !== here.layer) continue
      for (const site of ['q', 'k', 'q_rope', 'k_rope'] as const) {
        const probe = await glass.probe({ site, layer, position }).catch(unheld)
        if (probe) probes[keptProbe(site, layer, position)] = probe
      }
    }
    const valueNorms = only(await glass.valueNorms(layer).catch(unheld))
    return { attention: only(triangles), valueNorms, attentionErrors, probes }
  },
})

/** By position: what every layer would say, and of what parts the next token's logit is the sum. */
const lens: Ask = (glass, { layers, length }, tokens, here) => ({
  places: nearest(length, here.position),
  async read(position) {
    const all = Array.from({ length: layers + 1 }, (_, l) => l - 1)
    const cells = await glass.lens({ positions: [position], layers: all, part: 'resid', topK: 5 }).catch(unheld)
    if (!cells) return null
    const next = tokens[position + 1]
    const parts = next ? await glass.contributions(position, next.id).catch(unheld) : null
    return { lens: cells, ...(parts && { contributions: { [position]: parts } }) }
  },
})

/** By position: the logits, out of which the token behind it is drawn. */
const probabilities: Ask = (glass, { length }, _, here) => ({
  places: nearest(length, here.position - 1),
  async read(position) {
    const logits = await glass.probe({ site: 'logits', position }).catch(unheld)
    if (!logits) return null
    const view = await glass.sampling(position + 1, defaultSampling, NAMED).catch(unheld)
    return {
      probes: { [keptProbe('logits', 0, position)]: logits },
      ...(view && { draws: { [position + 1]: view.draw }, texts: namesIn(view) }),
      ...(view?.form && { forms: { [position + 1]: formText(view.form) } }),
    }
  },
})
