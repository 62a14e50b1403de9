// Server-sent events out of bytes as they come, and what a chunk of a chat completion says. What a server sends is looked
// at field by field: it may be anybody's. Pure.

/** Characters of one event at most. */
const longest = 2 ** 22

/**
 * The `data` of every event, in order. Cut anywhere: in a character, between \r and \n.
 * @throws where an event has no end
 */
export async function* eventsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  let rest: string[] = [],
    restSize = 0,
    data: string[] = [],
    size = 0
  const line = function* (text: string): Generator<string> {
    if (text === '') {
      if (data.length > 0) yield data.join('\n')
      data = []
      size = 0
    } else if (text.startsWith('data:')) {
      data.push(text.slice(text[5] === ' ' ? 6 : 5))
      size += text.length
    }
  }
  let after = ''
  for await (const part of bytes) {
    // only what is new is looked at: a line may come byte by byte
    const fresh = after + decoder.decode(part, { stream: true })
    // a \r at the end may be the first half of \r\n
    after = fresh.endsWith('\r') ? '\r' : ''
    const lines = fresh.slice(0, fresh.length - after.length).split(/\r\n|\n|\r/)
    if (lines.length > 1) {
      lines[0] = rest.join('') + lines[0]!
      rest = []
      restSize = 0
    }
    const last = lines.pop()!
    for (const one of lines) yield* line(one)
    if (last !== '') rest.push(last)
    restSize += last.length
    if (restSize + size > longest) throw new Error('an event without an end')
  }
  // a stream may end without an empty line behind its last event
  for (const one of (rest.join('') + after + decoder.decode()).split(/\r\n|\n|\r/)) yield* line(one)
  yield* line('')
}

export interface RemoteCandidate {
  text: string
  bytes: number[] | null
  /** natural logarithm of its probability, as the server says */
  logprob: number
}
/** A token as the server tells of it: it has no number here. */
export interface RemoteToken extends RemoteCandidate {
  top: RemoteCandidate[]
}
export interface Chunk {
  text: string
  /** what a reasoning model thinks, where the server keeps it apart */
  thinks: string
  tokens: RemoteToken[]
  finish: string | null
}

type Fields = Record<string, unknown>
const fields = (value: unknown): Fields | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : null
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The server's own words of what is wrong, in any of the usual places: some tell of every field apart. */
export function complaintOf(value: unknown): string | null {
  const said = wordsOf(value, 0)
  return said === '' ? null : said.slice(0, 500)
}
function wordsOf(value: unknown, depth: number): string {
  const { error, message, detail, msg, loc } = fields(value) ?? {}
  const why = error ?? message ?? detail ?? msg
  const where = list(loc).filter((one) => typeof one === 'string')
  if (typeof why === 'string') return [...(where.length > 0 ? [where.join('.')] : []), why].join(': ')
  if (depth > 3) return ''
  if (!Array.isArray(why)) return why === undefined ? '' : wordsOf(why, depth + 1)
  return why
    .slice(0, 5)
    .map((one) => text(one) || wordsOf(one, depth + 1))
    .filter(Boolean)
    .join('; ')
}

function candidate(value: unknown): RemoteCandidate | null {
  const { token, logprob, bytes } = fields(value) ?? {}
  if (typeof token !== 'string' || typeof logprob !== 'number' || Number.isNaN(logprob) || logprob > 1e-3) return null
  const own = list(bytes)
  const whole =
    own.length > 0 && own.every((one) => Number.isInteger(one) && (one as number) >= 0 && (one as number) < 256)
  return { text: token, bytes: whole ? (own as number[]) : null, logprob: Math.min(0, logprob) }
}

/** Most candidates of a token that are kept. */
const most = 50

/** @returns a sentence's end, "found …", where it is no chunk */
export function readChunk(value: unknown): Chunk | string {
  const all = fields(value)
  if (!all) return 'an event that is no object'
  const { choices } = all
  if (!Array.isArray(choices)) return 'an event without “choices”'
  // the last one may carry numbers alone
  const choice = fields(choices[0])
  const delta = fields(choice?.['delta']) ?? {}
  const tokens = list(fields(choice?.['logprobs'])?.['content']).flatMap((one): RemoteToken[] => {
    const own = candidate(one)
    if (!own) return []
    const top = list(fields(one)?.['top_logprobs'])
      .slice(0, most)
      .flatMap((other) => candidate(other) ?? [])
    return [{ ...own, top: top.sort((a, b) => b.logprob - a.logprob) }]
  })
  return {
    text: text(delta['content']),
    thinks: text(delta['reasoning_content']) || text(delta['reasoning']),
    tokens,
    finish: typeof choice?.['finish_reason'] === 'string' ? choice['finish_reason'] : null,
  }
}
