// Asks the loaded model the rows of a set, one after the other, and scores what comes: an answer by its keys, choices by the
// log-probability of the whole of each, a text by that of its own tokens. Choices and texts are put into the answer token by
// token (`force`), so their log-probabilities are the model's own at that very place.

import type { BleuTokenizer } from '../../evaluation/bleu.ts'
import { chosenOf, scoreAnswer } from '../../evaluation/scores.ts'
import type { SetRow } from '../../evaluation/set.ts'
import { isChinese } from '../../evaluation/words.ts'
import { EngineError } from '../../engine/errors.ts'
import type { Client, GenerateRequest, Prompt, PromptEvent } from '../../worker/protocol.ts'
import { toData } from '../client.ts'
import { parameters, perParameter } from '../../engine/sampler/params.ts'
import { without } from '../read-again.ts'
import type { EvalSettings, RowResult } from './types.ts'

/** What the model had read at the end of a row: the panels can look at it. */
export interface RowRun {
  ids: number[]
  answerFrom: number
  source?: number[]
}
interface Told {
  result: RowResult
  run: RowRun | null
  /** tokens that were written or scored */
  tokens: number
}

/** Characters of a question, a key and an answer that are kept for people. */
const SHOWN = 400
/** An error of one row's own; every other one ends the run. */
const ofRow: ReadonlySet<string> = new Set(['PARAM_INVALID', 'CONTEXT_FULL', 'TEMPLATE_FAILED', 'TEMPLATE_LIMIT'])
const shown = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)

/** No penalty and no truncation, whatever the model's files say: two models are asked alike. */
const plain = perParameter((name) => parameters[name].off)

/** Chinese keys anywhere make all of BLEU's tokens Chinese ones: a corpus has one tokenizer. */
export const tokenizerOf = (rows: readonly SetRow[]): BleuTokenizer =>
  rows.some((row) => row.kind === 'question' && row.answers.some(isChinese)) ? 'zh' : '13a'

export interface Asking {
  client: Pick<Client, 'generate' | 'tokenize'>
  settings: EvalSettings
  tokenizer: BleuTokenizer
  signal: AbortSignal
}

/** @throws ABORTED; whatever is not the row's own fault */
export async function runRow(row: SetRow, asking: Asking): Promise<Told> {
  const blank: RowResult = {
    line: row.line,
    asked: shown(row.kind === 'text' ? row.text : row.messages.at(-1)!.content),
    wanted: shown(
      row.kind === 'question' ? row.answers.join(' | ') : row.kind === 'choice' ? row.choices[row.right]! : '',
    ),
    answer: '',
    scored: null,
  }
  try {
    if (row.kind === 'question') return await answered(row, blank, asking)
    return await (row.kind === 'choice' ? chosen(row, blank, asking) : read(row, blank, asking))
  } catch (thrown) {
    const error = toData(thrown)
    if (asking.signal.aborted || !ofRow.has(error.code)) throw thrown
    return { result: { ...blank, error }, run: null, tokens: 0 }
  }
}

interface Written {
  ids: number[]
  logprobs: number[]
  bytes: number
  text: string
  finish: NonNullable<RowResult['finish']>
  prompt: PromptEvent
}
async function write(input: Prompt, options: GenerateRequest, { client, signal }: Asking): Promise<Written> {
  const ids: number[] = []
  const logprobs: number[] = []
  let bytes = 0
  let prompt: PromptEvent | null = null
  let done: { text: string; reason: NonNullable<RowResult['finish']> } | null = null
  // to its very end: the model is free for the next row only then
  for await (const event of client.generate(input, { ...plain, ...options, top: 0, signal })) {
    if (event.type === 'prompt') prompt = event
    else if (event.type === 'done') done = event
    else if (event.type === 'token') {
      ids.push(event.id)
      logprobs.push(event.logprob)
      bytes += event.bytes.length
    }
  }
  if (signal.aborted || done?.reason === 'aborted') throw new EngineError('ABORTED', 'The evaluation was stopped.')
  if (!prompt || !done) throw new EngineError('INTERNAL', 'An answer ended without its end.')
  return { ids, logprobs, bytes, text: done.text, finish: done.reason, prompt }
}
const runOf = ({ prompt, ids }: Written): RowRun => ({
  ids: [...prompt.ids, ...ids],
  answerFrom: prompt.answerFrom,
  ...(prompt.source && { source: prompt.source }),
})

async function answered(row: SetRow & { kind: 'question' }, blank: RowResult, asking: Asking): Promise<Told> {
  const { maxTokens, temperature, seed, stop } = asking.settings
  const written = await write(
    row.messages,
    { maxTokens, temperature, seed, ...(stop !== '' && { stop: [stop] }) },
    asking,
  )
  const { text: answer, finish, ids } = written
  const scored = scoreAnswer(answer, row.answers, asking.tokenizer)
  return { result: { ...blank, answer, finish, scored }, run: runOf(written), tokens: ids.length }
}

/** These tokens behind the prompt, and nothing after them. */
const forced = (ids: readonly number[]): GenerateRequest => ({
  maxTokens: ids.length,
  temperature: 0,
  seed: 0,
  speculation: 'off',
  force: Object.fromEntries(ids.map((id, i) => [i, id])),
})
const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)

async function chosen(row: SetRow & { kind: 'choice' }, blank: RowResult, asking: Asking): Promise<Told> {
  const { client } = asking
  const around = (await client.tokenize('')).ids
  const logprobs: number[] = []
  const tokens: number[] = []
  let last: Written | null = null
  // the right one at last: it is what the panels can look at then
  const turns = row.choices.map((_, i) => i).sort((a, b) => Number(a === row.right) - Number(b === row.right))
  for (const i of turns) {
    const ids = without((await client.tokenize(row.choices[i]!)).ids, around)
    last = await write(row.messages, forced(ids), asking)
    if (last.ids.length < ids.length || ids.length === 0) {
      const need = 'choices that stand behind the prompt whole'
      throw new EngineError('PARAM_INVALID', `Choice ${i + 1} ended before its last token.`, {
        param: 'choices',
        need,
        value: last.finish,
      })
    }
    logprobs[i] = sum(last.logprobs)
    tokens[i] = ids.length
  }
  const scored = { kind: 'choice' as const, right: row.right, logprobs, tokens }
  const answer = row.choices[chosenOf(scored)]!
  return { result: { ...blank, answer, scored }, run: runOf(last!), tokens: sum(tokens) }
}

async function read(row: SetRow & { kind: 'text' }, blank: RowResult, asking: Asking): Promise<Told> {
  const { client } = asking
  const [around, whole] = [(await client.tokenize('')).ids, (await client.tokenize(row.text)).ids]
  const own = without(whole, around)
  let first = 0
  while (first < around.length && around[first] === whole[first]) first++
  // nothing predicts a text's first token where no token stands before every text
  const begins = first > 0
  const before = begins ? whole.slice(0, first) : own.slice(0, 1)
  const ids = begins ? own : own.slice(1)
  if (ids.length === 0) {
    throw new EngineError('PARAM_INVALID', 'The text has no token that another one stands before.', {
      param: 'text',
      need: 'a text of two tokens at least',
      value: row.text.slice(0, 40),
    })
  }
  const written = await write({ ids: before }, forced(ids), asking)
  const cut = written.ids.length < ids.length
  // the bytes of the text itself where all of it is scored: a tokenizer may put a space before it
  const bytes = begins && !cut ? new TextEncoder().encode(row.text).length : written.bytes
  const scored = { kind: 'text' as const, logprob: sum(written.logprobs), tokens: written.ids.length, bytes }
  return { result: { ...blank, scored, ...(cut && { cut: true }) }, run: runOf(written), tokens: written.ids.length }
}
