// What one run of a set holds: plain data, kept, compared and saved. Types only.

import type { BleuTokenizer } from '../../evaluation/bleu.ts'
import type { Scored } from '../../evaluation/scores.ts'
import type { ErrorData, FinishReason } from '../../worker/protocol.ts'

export interface EvalSettings {
  maxTokens: number
  /** 0: always the most likely token */
  temperature: number
  seed: number
  /** a text that ends an answer; '' for none */
  stop: string
  /** adapters that are on are used, or put off for the run */
  adapters: boolean
}

export interface RowResult {
  /** of the set's file, from 1 */
  line: number
  /** what was asked, what is right, and what it said, each cut to a few hundred characters for people */
  asked: string
  wanted: string
  /** the whole answer; of choices the one it finds most likely */
  answer: string
  /** why an answer ended */
  finish?: FinishReason
  /** of a text that is longer than the context: its beginning is scored */
  cut?: true
  /** null: it could not be run, and no score counts it */
  scored: Scored | null
  error?: ErrorData
}

export interface EvalResult {
  version: 1
  /** milliseconds since 1970 */
  at: number
  set: { name: string; hash: string; rows: number }
  model: { id: string; name: string; format: string }
  /** those that were on */
  adapters: { name: string; scale: number }[]
  settings: EvalSettings
  tokenizer: BleuTokenizer
  rows: RowResult[]
  seconds: number
  tokens: number
  /** stopped, or ended by an error, before the last row */
  whole: boolean
}
