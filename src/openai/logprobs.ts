// What is said of an answer's tokens beside its text. A token is told with the text that it belongs to: one whose
// character is still open, or whose text could become a stop text, waits for it. So the bytes of the tokens told,
// joined, are the text told; what ended the answer is not part of either, so a token waits until the next one is there.

import { showBytes } from '../engine/tokenizer/show-bytes.ts'
import type { TokenCandidate, TokenEvent } from '../engine/types.ts'
import type { LoadedModel } from './shelf.ts'
import type { TokenLogprob, TopLogprob } from './types.ts'

/** What OpenAI writes for "next to impossible"; JSON has no -Infinity. */
const least = -9999

/** A display text that may stand for other bytes than its own: an escape (\xE4), or an id beyond the vocabulary ([12]). */
const isEscaped = (text: string): boolean => /\\x[0-9A-F]{2}|^\[\d+\]$/.test(text)
const utf8 = new TextEncoder()

export class Ledger {
  /** what the tokens added since the last take() wrote */
  text = ''
  private open: TokenEvent[] = []
  private readonly seen = new Map<number, number[]>()

  /** @param top how many of the best tokens are told beside each */
  constructor(
    private readonly model: Pick<LoadedModel, 'vocabulary'>,
    private readonly top: number,
  ) {}

  add(event: TokenEvent): void {
    this.open.push(event)
    this.text += event.text
  }

  /** What was added. @param ended by a token or a stop text: nothing comes after it */
  async take(ended = false): Promise<{ text: string; tokens: TokenLogprob[] }> {
    const { text, open } = this
    if (ended) await this.dropEnd(utf8.encode(text).length)
    this.text = ''
    this.open = []
    return { text, tokens: await Promise.all(open.map((event) => this.told(event))) }
  }

  /** Tokens behind the text: the stop text's, and the one that ended the answer. */
  private async dropEnd(length: number): Promise<void> {
    const rows = await Promise.all(this.open.map(({ id }) => this.row(id)))
    // special tokens have no part in an answer's text
    const sizes = rows.map((row) => (row === undefined || row.special ? 0 : row.bytes.length))
    let sum = sizes.reduce((all, size) => all + size, 0)
    while (this.open.length > 0 && sum - sizes[this.open.length - 1]! >= length) {
      sum -= sizes[this.open.length - 1]!
      this.open.pop()
    }
  }

  private async told({ id, bytes, logprob, top }: TokenEvent): Promise<TokenLogprob> {
    const listed = await Promise.all(top.slice(0, this.top).map((one) => this.candidate(one)))
    const token = bytes.length > 0 ? showBytes(bytes) : `[${id}]`
    return { token, logprob: Math.max(least, logprob), bytes: [...bytes], top_logprobs: listed }
  }

  private async candidate({ id, text, logprob }: TokenCandidate): Promise<TopLogprob> {
    return { token: text, logprob: Math.max(least, logprob), bytes: await this.bytesOf(id, text) }
  }

  private async bytesOf(id: number, text: string): Promise<number[]> {
    const known = this.seen.get(id)
    if (known) return known
    const bytes = isEscaped(text) ? ((await this.row(id))?.bytes ?? []) : [...utf8.encode(text)]
    this.seen.set(id, bytes)
    return bytes
  }

  private async row(id: number) {
    return (await this.model.vocabulary(`#${id}`, 0, 1)).rows[0]
  }
}
