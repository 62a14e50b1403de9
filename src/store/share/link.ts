// A run <-> the text behind "#/share/" of an address: JSON, deflated, base64url. What stands behind the # never leaves
// the browser. Reading stops at the first byte too many: a small link may unpack to anything.

import { EngineError } from '../../engine/errors.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { fromWire, toWire, type SharedRun } from './run.ts'

/** Characters of the packed text: chat programs and mail cut longer addresses. */
export const longest = 16_384
const largest = 2 ** 19
const prefix = '#/share/'

async function pipe(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
  max: number,
): Promise<Uint8Array | null> {
  const reader = new Blob([bytes])
    .stream()
    .pipeThrough(through as ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>)
    .getReader()
  const parts: Uint8Array[] = []
  let size = 0
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length
    if (size > max) {
      void reader.cancel().catch(() => undefined)
      return null
    }
    parts.push(next.value)
  }
  const all = new Uint8Array(size)
  parts.reduce((at, part) => {
    all.set(part, at)
    return at + part.length
  }, 0)
  return all
}

const deflate = async (value: unknown): Promise<string> =>
  toBase64(
    (await pipe(new TextEncoder().encode(JSON.stringify(value)), new CompressionStream('deflate-raw'), Infinity))!,
  )

/** The text behind the address. @throws EngineError LINK_TOO_LONG naming what takes the room */
export async function pack(run: SharedRun): Promise<string> {
  const data = await deflate(toWire(run))
  if (data.length <= longest) return data
  const { turns, system, answer, edits, drawn } = run
  const parts = await Promise.all(
    Object.entries({
      text: [system, turns],
      answer,
      edits: toWire({ ...run, turns: [], system: '', answer: null, edits: [...edits, ...drawn], drawn: [] }),
    }).map(async ([part, value]) => ({ part, size: (await deflate(value)).length })),
  )
  const { part } = parts.reduce((a, b) => (b.size > a.size ? b : a))
  const said = {
    text: 'the text of the conversation',
    answer: 'the tokens of the answer',
    edits: 'the vectors of the edits',
  }[part]
  throw new EngineError(
    'LINK_TOO_LONG',
    `Cannot make a link: it would have ${data.length} characters, and at most ${longest} get through everywhere. Most of it is ${said}. Shorten that, or save the run as a recording instead.`,
    { size: data.length, limit: longest, part },
  )
}

const damaged = (): EngineError =>
  new EngineError(
    'LINK_INVALID',
    'Cannot open this link: it is cut short or was changed on its way. Copy the whole link once more; nothing was changed.',
    { reason: 'damaged' },
  )

/** Plain data behind an address; null where it would be longer than gets through everywhere. */
export async function packValue(value: unknown): Promise<string | null> {
  const data = await deflate(value)
  return data.length <= longest ? data : null
}

/** Unchecked. @throws EngineError LINK_INVALID where nothing can be read */
export async function unpackValue(data: string): Promise<unknown> {
  const bytes = data.length <= longest ? fromBase64(data) : null
  if (!bytes) throw damaged()
  try {
    const json = await pipe(bytes, new DecompressionStream('deflate-raw'), largest)
    if (!json) throw damaged()
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json))
  } catch {
    throw damaged()
  }
}

/** @throws EngineError LINK_INVALID */
export const unpack = async (data: string): Promise<SharedRun> => fromWire(await unpackValue(data))

export const shareHash = (data: string): string => prefix + data
/** The packed text in an address, null when it holds none. */
export const sharedIn = (hash: string): string | null => (hash.startsWith(prefix) ? hash.slice(prefix.length) : null)
