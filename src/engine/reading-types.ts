// What an encoder is asked of a text, and what it says: Engine.read(). Types only; types.ts hands them on.

export interface TokenCandidate {
  id: number
  text: string
  logprob: number
  /** the form of the answer does not have it there */
  barred?: true
}

export interface ReadOptions {
  /** a second text: what a question is asked about, or what follows the first */
  pair?: string
  /** how many candidates each blank and how many spans are listed, default 10 */
  top?: number
  signal?: AbortSignal
}
/** A blank and the tokens for it, best first. */
export interface Fill {
  position: number
  top: TokenCandidate[]
}
export interface ScoredLabel {
  label: string
  /** the label's own logit */
  score: number
  probability: number
}
/** Tokens [from, to) as an answer. */
export interface SpanAnswer {
  from: number
  to: number
  text: string
  /** of its start times that of its end */
  probability: number
}
/** What an encoder says of a text; null where it has no such head. */
export interface Reading {
  ids: number[]
  /** kind of segment of every token: 0, and 1 for a second text */
  segments: number[]
  tokens: { text: string; special: boolean }[]
  /** one for every mask token */
  fills: Fill[] | null
  /** of the whole text, likeliest first; of several tasks those of the first */
  labels: ScoredLabel[] | null
  /** labels by task, where the model was trained on several (MT-DNN); `name` is that of their step */
  tasks: { name: string; labels: ScoredLabel[] }[] | null
  /** of every token */
  tokenLabels: ScoredLabel[][] | null
  spans: SpanAnswer[] | null
  /** of the whole text; of length 1 where the model's files say so */
  vector: Float32Array | null
  /** the first token's last residual through the model's own pooler, where no head follows it */
  pooled: Float32Array | null
  /** tokens of the text left out at its end: more than a sentence model was trained to read */
  leftOut: number
}
