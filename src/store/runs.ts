// An answer token by token, as plain lists: small on disk, and the same in an exported file. Pure.
//
// A run that is not as it must be is none: the answer's text does not depend on it.

import type { PromptEvent, TokenEvent } from '../worker/protocol.ts'
import type { AnswerRun } from './answers.ts'

type Packed = [
  id: number,
  text: string,
  bytes: number[] | null,
  logprob: number | null,
  rank: number,
  entropy: number,
  position: number,
  draw: number | null,
  top: [id: number, text: string, logprob: number | null, barred?: true][],
  stages: [stage: string, kept: number, removed: number, removedMass: number][],
]
export interface PackedRun {
  prompt: number[]
  /** what the encoder of an encoder–decoder read */
  source?: number[]
  tokens: Packed[]
}

const utf8 = new TextEncoder()
/** JSON has no infinity: null stands for the logarithm of nothing. */
const log = (value: number): number | null => (value === -Infinity ? null : value)
const back = (value: number | null): number => value ?? -Infinity
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

export const packRun = ({ prompt, events }: AnswerRun): PackedRun => ({
  prompt: [...prompt.ids],
  ...(prompt.source && { source: [...prompt.source] }),
  tokens: events.map((e): Packed => [
    e.id,
    e.text,
    same(utf8.encode(e.text), e.bytes) ? null : [...e.bytes],
    log(e.logprob),
    e.rank,
    e.entropy,
    e.position,
    e.draw,
    e.top.map(({ id, text, logprob, barred }) => (barred ? [id, text, log(logprob), true] : [id, text, log(logprob)])),
    e.stages.map(({ stage, kept, removed, removedMass }) => [stage, kept, removed, removedMass]),
  ]),
})

const limits = { tokens: 1_000_000, text: 10_000, bytes: 10_000, top: 100, stages: 30 }
const isId = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0
const isNumber = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v)
const isText = (v: unknown): v is string => typeof v === 'string' && v.length <= limits.text
const isList = (v: unknown, max: number, one: (item: unknown) => boolean): v is unknown[] =>
  Array.isArray(v) && v.length <= max && v.every(one)
const isTuple = (v: unknown, ...parts: ((item: unknown) => boolean)[]): boolean =>
  Array.isArray(v) && v.length === parts.length && parts.every((part, i) => part(v[i]))
const orNull =
  (check: (item: unknown) => boolean) =>
  (v: unknown): boolean =>
    v === null || check(v)
const isByte = (v: unknown): boolean => isId(v) && v < 256

const isCandidate = (v: unknown): boolean =>
  isTuple(v, isId, isText, orNull(isNumber)) || isTuple(v, isId, isText, orNull(isNumber), (one) => one === true)

const isPacked = (value: unknown): value is Packed =>
  isTuple(
    value,
    isId,
    isText,
    orNull((v) => isList(v, limits.bytes, isByte)),
    orNull(isNumber),
    isId,
    isNumber,
    isId,
    orNull(isNumber),
    (v) => isList(v, limits.top, isCandidate),
    (v) => isList(v, limits.stages, (one) => isTuple(one, isText, isNumber, isNumber, isNumber)),
  )

export const isPackedRun = (value: unknown): value is PackedRun => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const run = value as Record<string, unknown>
  return (
    Object.keys(run).every((key) => key === 'prompt' || key === 'source' || key === 'tokens') &&
    isList(run['prompt'], limits.tokens, isId) &&
    (run['source'] === undefined || isList(run['source'], limits.tokens, isId)) &&
    isList(run['tokens'], limits.tokens, isPacked)
  )
}

/** null when it is not a run. */
export function unpackRun(value: unknown): AnswerRun | null {
  if (!isPackedRun(value)) return null
  const prompt: PromptEvent = {
    type: 'prompt',
    ids: value.prompt,
    ...(value.source && { source: value.source }),
    answerFrom: value.prompt.length,
    reused: 0,
    text: '',
  }
  const events = value.tokens.map(
    ([id, text, bytes, logprob, rank, entropy, position, draw, top, stages], index): TokenEvent => ({
      type: 'token',
      index,
      position,
      id,
      text,
      bytes: bytes ? Uint8Array.from(bytes) : utf8.encode(text),
      logprob: back(logprob),
      rank,
      entropy,
      draw,
      top: top.map(([candidate, label, chance, barred]) => ({
        id: candidate,
        text: label,
        logprob: back(chance),
        ...(barred && { barred }),
      })),
      stages: stages.map(([stage, kept, removed, removedMass]) => ({ stage, kept, removed, removedMass })),
    }),
  )
  return { prompt, events }
}
