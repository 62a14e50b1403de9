// A look at what learns, between two updates: how far each matrix has moved by now, and where the heads look in one text that is
// the same every time.

import type { TrainOptions } from '../engine/index.ts'
import type { Loaded } from './door.ts'
import { asSaid } from './said.ts'

/** How far the adapter moves one matrix of the model's: Frobenius norms of s B A and of W, as the model keeps it. */
export interface Moved {
  layer: number
  /** within its layer: self_attn.q_proj */
  name: string
  delta: number
  base: number
}
/** Attention in the tokens `texts`, of every layer and head: p · 255 by (layer, head, query, key). */
export interface Frame {
  texts: readonly string[]
  layers: number
  heads: number
  cells: Uint8Array
}
export interface LookEvent {
  type: 'look'
  step: number
  moved: readonly Moved[]
  /** null: the model cannot be seen so */
  frame: Frame | null
}

/** Tokens of the text that is looked at, its last ones. */
const mostTokens = 32

/** |s B A| by module path, of the files of a LoRA as engine.saveAdapter gives them. */
export function deltas(files: Record<string, Uint8Array>): Map<string, number> {
  const { r, lora_alpha } = JSON.parse(new TextDecoder().decode(files['adapter_config.json'])) as Record<string, number>
  const file = files['adapter_model.safetensors']!
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const end = 8 + Number(view.getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, end))) as Record<
    string,
    { shape: [number, number]; data_offsets: [number, number] }
  >
  const numbers = (name: string): { rows: number; cols: number; values: Float32Array } => {
    const { shape, data_offsets } = header[name]!
    const [from, to] = data_offsets
    return { rows: shape[0], cols: shape[1], values: new Float32Array(file.slice(end + from, end + to).buffer) }
  }
  const found = new Map<string, number>()
  for (const name of Object.keys(header)) {
    const [, path] = /^base_model\.model\.(.+)\.lora_A\.weight$/.exec(name) ?? []
    if (path === undefined) continue
    const [a, b] = [numbers(name), numbers(name.replace(/lora_A\.weight$/, 'lora_B.weight'))]
    // |B A|² = Σ (Bᵀ B) ∘ (A Aᵀ)
    let square = 0
    for (let i = 0; i < a.rows; i++) {
      for (let j = 0; j <= i; j++) {
        let [left, right] = [0, 0]
        for (let k = 0; k < a.cols; k++) left += a.values[i * a.cols + k]! * a.values[j * a.cols + k]!
        for (let n = 0; n < b.rows; n++) right += b.values[n * b.cols + i]! * b.values[n * b.cols + j]!
        square += (i === j ? 1 : 2) * left * right
      }
    }
    found.set(path, (lora_alpha! / r!) * Math.sqrt(Math.max(0, square)))
  }
  return found
}

/** The tokens of a row that are looked at: of two answers the better one's, and where none is given, the prompt's. */
export async function idsOf(engine: Loaded, asked: TrainOptions['rows'][number]): Promise<readonly number[]> {
  const row = asSaid(asked)
  if (!('prompt' in row)) return (await engine.trainingRow(row)).ids
  const { prompt } = row
  const messages = typeof prompt === 'string' ? [{ role: 'user' as const, content: prompt }] : [...prompt]
  const content = 'completion' in row ? row.completion : 'chosen' in row ? row.chosen : null
  if (content === null) return engine.tokenize(messages).ids
  return (await engine.trainingRow({ messages: [...messages, { role: 'assistant', content }] })).ids
}

/** @param text the tokens that are looked at */
export function looker(engine: Loaded, adapter: string, text: readonly number[]): (step: number) => Promise<LookEvent> {
  const ids = text.slice(-mostTokens)
  let bases: Promise<{ path: string; layer: number; name: string; base: number }[]> | null = null
  /** the model's matrices are read once */
  const readBases = async () => {
    const norms = await (await engine.glass()).adapterNorms()
    const own = norms.find((one) => one.adapter === adapter)?.modules ?? []
    return own.flatMap(({ module, layer, name, base }) =>
      base === null ? [] : [{ path: module.replace(/\.weight$/, ''), layer, name, base }],
    )
  }
  async function frame(): Promise<Frame> {
    let texts: readonly string[] = []
    for await (const event of engine.generate({ ids: [...ids] }, { maxTokens: 1, temperature: 0 })) void event
    const glass = await engine.glass()
    texts = (await glass.tokens()).slice(0, ids.length).map((one) => one.text)
    const { layers, heads } = engine.info
    const n = ids.length
    const cells = new Uint8Array(layers * heads * n * n)
    const all = Array.from({ length: heads }, (_, head) => head)
    for (let layer = 0; layer < layers; layer++) {
      const { values } = await glass.attention({
        layer,
        heads: all,
        rows: [0, n],
        cols: [0, n],
        maxRows: n,
        maxCols: n,
      })
      values.forEach((p, i) => {
        cells[layer * heads * n * n + i] = Math.round(255 * (Number.isNaN(p) ? 0 : p))
      })
    }
    return { texts, layers, heads, cells }
  }
  return async (step) => {
    bases ??= readBases()
    const known = await bases.catch(() => [])
    const now = deltas(await engine.saveAdapter(adapter))
    const moved = known.flatMap(({ path, layer, name, base }) => {
      const delta = now.get(path)
      return delta === undefined ? [] : [{ layer, name, base, delta }]
    })
    return { type: 'look', step, moved, frame: ids.length > 1 ? await frame().catch(() => null) : null }
  }
}
