// What a model says of a text that it reads whole (BERT and its kind): tokens for every blank, labels of the text, of
// its tokens or of a span in it, and a vector. Which of these a model gives, its Plan's outputs say.
// The text then stands in the context: the glass looks at it as at any run.

import type { DecodingContext } from './context.ts'
import { meanOfTokens, type TextPooling } from './embedding.ts'
import { EngineError, checkAborted } from './errors.ts'
import { placeOf, tensorOf } from './model/sites.ts'
import { TYPES } from './model/lower/embed.ts'
import { rowOf, saysOwnToken, type Plan, type PlanOutput } from './model/plan.ts'
import { numericError } from './numeric.ts'
import { checkRead, type CheckedRead } from './options.ts'
import type { Work } from './runtime/inspect.ts'
import { nonFinite } from './sampler/chain.ts'
import { beyondError } from './text.ts'
import type { Fill, Reading, ReadOptions, ScoredLabel, SpanAnswer } from './types.ts'

/**
 * Reads a text, or two as the tokenizer puts them together.
 * @throws TASK_UNSUPPORTED where the model writes instead, CONTEXT_FULL, PARAM_INVALID, NUMERIC, ABORTED
 */
export async function readText(
  c: DecodingContext,
  text: unknown,
  given: ReadOptions = {},
  pooling: TextPooling | null = null,
): Promise<Reading> {
  const { runtime, tokenizer } = c.model
  const { plan } = runtime
  const options = checkRead(text, given)
  checkReads(plan)
  const cased = (given: string): string => (pooling?.lowers ? given.toLowerCase() : given)
  const {
    ids,
    segments,
    second,
    cut = 0,
  } = tokenizer.encodePair(
    cased(options.text),
    options.pair === null ? null : cased(options.pair),
    pooling?.maxTokens ?? undefined,
  )
  if (ids.length === 0) {
    throw new EngineError('PARAM_INVALID', 'Cannot read the text: it holds no token. Write something first.', {
      param: 'text',
      need: 'a text of one token or more',
      found: '0',
    })
  }
  if (ids.length > runtime.context) {
    throw new EngineError(
      'CONTEXT_FULL',
      `Cannot read the text: it is ${ids.length} tokens and the model reads ${runtime.context} at once. Shorten it, or load the model with a longer context.`,
      { count: ids.length, context: runtime.context, length: 0 },
    )
  }
  checkAborted(options.signal)
  await c.readWhole(ids, kindsOf(c, ids, segments))
  checkAborted(options.signal)
  const outputs = new Map(plan.outputs.map((output) => [output.name, output]))
  const rows = (name: PlanOutput['name'], wanted: readonly number[]): Promise<Float32Array[]> =>
    headRows(c, outputs.get(name)!, wanted)
  const all = ids.map((_, i) => i)

  const reading: Reading = {
    ids,
    segments,
    tokens: ids.map((id) => ({ text: tokenizer.tokenText(id), special: tokenizer.isSpecial(id) })),
    fills: null,
    labels: null,
    tasks: null,
    tokenLabels: null,
    spans: null,
    vector: null,
    pooled: null,
    leftOut: cut,
  }
  if (outputs.has('logits')) reading.fills = await fills(c, ids, options, rows)
  const tasks: NonNullable<Reading['tasks']> = []
  for (const output of plan.outputs.filter(({ name }) => name === 'labels')) {
    const [row] = await headRows(c, output, [rowOf(output, ids)])
    tasks.push({ name: output.site, labels: scored(row!, output.labels!) })
  }
  reading.labels = tasks[0]?.labels ?? null
  if (tasks.length > 1) reading.tasks = tasks
  const each = outputs.get('token-labels')
  if (each) reading.tokenLabels = (await rows('token-labels', all)).map((row) => scored(row, each.labels!))
  if (outputs.has('span')) {
    reading.spans = spans(await rows('span', all), second, reading.tokens, options.top, (from, to) =>
      tokenizer.decode(ids.slice(from, to)),
    )
  }
  if (outputs.has('hidden')) {
    const hidden = await rows('hidden', all)
    reading.vector = (pooling ?? meanOfTokens).pool(hidden)
  }
  if (outputs.has('pooled')) reading.pooled = (await rows('pooled', [0]))[0]!
  return reading
}

/**
 * The kinds of segments that the model is told; one that knows a single kind is told of no other.
 * @throws TOKENIZER_INVALID for a token, or a kind, that the model has no row for
 */
function kindsOf({ model }: DecodingContext, ids: readonly number[], segments: readonly number[]): readonly number[] {
  const { plan } = model.runtime
  const { V } = plan.dims
  const beyond = ids.find((id) => id >= V)
  if (beyond !== undefined) throw beyondError(model, beyond, V)
  const kinds = kindsKnown(plan)
  if (kinds === 1) return []
  const kind = segments.find((segment) => segment >= kinds)
  if (kind !== undefined) throw kindError(kind, kinds)
  return segments
}

/** Rows of the table of kinds; a model without one compares kinds, or is not told. */
function kindsKnown({ steps, weights }: Plan): number {
  const step = steps.find(({ op, args }) => op === 'gather' && args['ids'] === TYPES)
  return step ? weights[step.args['weight']!]!.rows : Infinity
}

const kindError = (kind: number, kinds: number): EngineError =>
  new EngineError(
    'TOKENIZER_INVALID',
    `Cannot read the text: the tokenizer puts it in segment ${kind}, and the model knows segments 0 to ${kinds - 1} only. Tokenizer and weights are of different versions; take both from the same model.`,
    { reason: 'segment', kind, last: kinds - 1 },
  )

/** @throws TASK_UNSUPPORTED for a model that writes, with how it is to be asked */
function checkReads({ start, programs: { decode } }: Plan): void {
  if (saysOwnToken({ programs: { decode } })) return
  // of an encoder–decoder the encoder sees all of a text, and only the decoder says something of it
  const how = start !== undefined ? 'source' : decode.ahead ? 'ahead' : 'before'
  const why = {
    source: "this model's encoder reads it, and its decoder writes what comes of it. Ask it to generate",
    ahead: 'this model says which word comes next, and writes. Ask it to generate',
    before: 'this model sees only the words before each word, and writes. Ask it to generate',
  }
  throw new EngineError(
    'TASK_UNSUPPORTED',
    `Cannot read a text as a whole and say something of it: ${why[how]}, with the text as the prompt.`,
    { asked: 'read', how },
  )
}

/** Rows of one output of the text that has just been read: the head is run for them. */
async function headRows(
  c: DecodingContext,
  { site, width }: PlanOutput,
  rows: readonly number[],
): Promise<Float32Array[]> {
  const { runtime } = c.model
  const inside = runtime.inspection()
  const tensor = tensorOf(runtime.plan, placeOf(runtime.plan, site))
  const work = inside.steps.flatMap((step): Work[] => (step.step.part === 'head' ? [{ run: step }] : []))
  const found: Float32Array[] = []
  for (let n = 0; n < rows.length;) {
    let count = 1
    while (count < inside.size.logitRows && rows[n + count] === rows[n]! + count) count++
    inside.submit('head', { T: count, pos: 0, row: rows[n]!, prefix: runtime.prefix }, work)
    const [data] = await inside.readMany([{ tensor, offset: 0, count: count * width }])
    const lost = nonFinite(data!)
    if (lost >= 0) throw await numericError(c, data![lost]!)
    for (let i = 0; i < count; i++) found.push(data!.slice(i * width, (i + 1) * width))
    n += count
  }
  return found
}

/** The best tokens for every blank. */
async function fills(
  { model: { tokenizer } }: DecodingContext,
  ids: readonly number[],
  { top, signal }: CheckedRead,
  rows: (name: 'logits', wanted: readonly number[]) => Promise<Float32Array[]>,
): Promise<Fill[]> {
  const { mask } = tokenizer.specialIds
  const blanks = ids.flatMap((id, position) => (id === mask ? [position] : []))
  const found: Fill[] = []
  // a few rows at a time: of thousands of blanks the scores of all tokens would fill the memory, and Stop is heard
  for (let n = 0; n < blanks.length; n += blanksAtOnce) {
    const some = blanks.slice(n, n + blanksAtOnce)
    checkAborted(signal)
    for (const [i, row] of (await rows('logits', some)).entries()) {
      const best = bestOf(row, top).map(({ index, logprob }) => ({
        ...{ id: index, text: tokenizer.tokenText(index), logprob },
      }))
      found.push({ position: some[i]!, top: best })
    }
  }
  return found
}

const blanksAtOnce = 16

/** The best of a row, without putting all of it in order. */
function bestOf(row: Float32Array, top: number): { index: number; logprob: number }[] {
  const lowest = Float32Array.from(row).sort().at(-Math.min(top, row.length))!
  const lse = lseOf(row)
  const best: { index: number; logprob: number }[] = []
  row.forEach((v, index) => {
    if (!(v < lowest)) best.push({ index, logprob: v - lse })
  })
  return best.sort((a, b) => b.logprob - a.logprob || a.index - b.index).slice(0, top)
}

function lseOf(row: Float32Array): number {
  const max = row.reduce((m, v) => Math.max(m, v), -Infinity)
  return max + Math.log(row.reduce((sum, v) => sum + Math.exp(v - max), 0))
}

/** ln softmax of a row, best first. */
function scoredRow(row: Float32Array): { index: number; logprob: number }[] {
  const lse = lseOf(row)
  return Array.from(row, (v, index) => ({ index, logprob: v - lse })).sort(
    (a, b) => b.logprob - a.logprob || a.index - b.index,
  )
}

const scored = (row: Float32Array, labels: readonly string[]): ScoredLabel[] =>
  scoredRow(row).map(({ index, logprob }) => ({
    label: labels[index]!,
    score: row[index]!,
    probability: Math.exp(logprob),
  }))

/** Tokens of an answer at most. */
const longestSpan = 30

/** The likeliest stretches: softmax of starts times softmax of ends, in the second text where there are two. */
function spans(
  rows: readonly Float32Array[],
  second: readonly [from: number, to: number] | undefined,
  tokens: Reading['tokens'],
  top: number,
  text: (from: number, to: number) => string,
): SpanAnswer[] {
  const allowed = tokens.map(({ special }, i) => !special && (!second || (i >= second[0] && i < second[1])))
  const softmax = (column: number): Float64Array => {
    const max = rows.reduce((m, row) => Math.max(m, row[column]!), -Infinity)
    const sum = rows.reduce((total, row) => total + Math.exp(row[column]! - max), 0)
    return Float64Array.from(rows, (row) => Math.exp(row[column]! - max) / sum)
  }
  const [starts, ends] = [softmax(0), softmax(1)]
  const found: { from: number; to: number; probability: number }[] = []
  for (let from = 0; from < rows.length; from++) {
    for (let to = from; to < Math.min(rows.length, from + longestSpan) && allowed[from]; to++) {
      if (allowed[to]) found.push({ from, to: to + 1, probability: starts[from]! * ends[to]! })
    }
  }
  return found
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top)
    .map(({ from, to, probability }) => ({ from, to, probability, text: text(from, to) }))
}
