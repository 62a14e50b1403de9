// Tokens → text while they arrive, exactly: the pieces and the flush together are
// decode(all ids), whatever the split.
//
// Bytes go through one streaming TextDecoder, so a character that is spread over
// tokens is held until it is complete and never shows as U+FFFD. Steps that need
// to see what comes next (a replacement over token borders, a stripped end) hold
// back just the text that could still change. Knows no vocabulary but what the tokenizer tells.

import { runTokenSteps, type DecodeSteps, type Piece, type TextStep } from './decoder.ts'
import { Meter } from './meter.ts'

/** A tokenizer as its decoder sees it. */
export interface Decodable {
  /** the exact bytes a token stands for in the middle of a text; of a special token its name; none for an unused id */
  tokenBytes(id: number): Uint8Array
  isSpecial(id: number): boolean
  /** without it a token is decoded from its bytes */
  decoding?: Decoding
}

export interface Decoding {
  steps: DecodeSteps
  /** the token as the decoder gets it: a normalized added token in its normalized form */
  token(id: number): string | undefined
  /** is the token left out when special tokens are skipped */
  skips(id: number): boolean
}

export interface StreamOptions {
  /** leave special tokens out */
  skipSpecial?: boolean
  /** the text goes on from text that was already shown: keep the space before the first word */
  continues?: boolean
}

/** A step over flowing text. */
interface TextFlow {
  push(text: string, meter: Meter): string
  flush(): string
}

/** Length of the longest end of `text` that is a beginning (not all) of `word`. */
export function openEnd(text: string, word: string): number {
  for (let n = Math.min(text.length, word.length - 1); n > 0; n--) {
    if (text.endsWith(word.slice(0, n))) return n
  }
  return 0
}

class ReplaceFlow implements TextFlow {
  private held = ''
  constructor(
    private readonly from: string,
    private readonly to: string,
  ) {}
  push(text: string, meter: Meter): string {
    if (text === '') return ''
    const all = this.held + text
    const parts = all.split(this.from)
    meter.charge(all.length + this.from.length + (parts.length - 1) * Math.max(0, this.to.length - this.from.length))
    const last = parts.length - 1
    const open = openEnd(parts[last]!, this.from)
    this.held = parts[last]!.slice(parts[last]!.length - open)
    parts[last] = parts[last]!.slice(0, parts[last]!.length - open)
    return parts.join(this.to)
  }
  flush(): string {
    const rest = this.held
    this.held = ''
    return rest
  }
}

class StripFlow implements TextFlow {
  private held = ''
  constructor(
    private readonly content: string,
    private start: number,
    private readonly stop: number,
  ) {}
  push(text: string, meter: Meter): string {
    if (text === '') return ''
    meter.charge(text.length + this.held.length)
    let from = 0
    while (this.start > 0 && from < text.length) {
      if (text[from] !== this.content) {
        this.start = 0
        break
      }
      from++
      this.start--
    }
    const all = this.held + text.slice(from)
    let to = all.length
    for (let i = 0; i < this.stop && to > 0 && all[to - 1] === this.content; i++) to--
    this.held = all.slice(to)
    return all.slice(0, to)
  }
  // what is held is at most `stop` characters to be stripped from the very end
  flush(): string {
    this.held = ''
    return ''
  }
}

const flowOf = (step: TextStep, continues: boolean): TextFlow =>
  step.kind === 'replace'
    ? new ReplaceFlow(step.from, step.to)
    : new StripFlow(step.content, continues ? 0 : step.start, step.stop)

export class StreamDecoder {
  private utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  private bytesOpen = false
  private index: number
  private suffixHeld = ''
  private readonly flows: TextFlow[]
  private readonly steps: DecodeSteps | undefined
  private readonly skipSpecial: boolean

  constructor(
    private readonly tokenizer: Decodable,
    options: StreamOptions = {},
  ) {
    this.skipSpecial = options.skipSpecial === true
    this.index = options.continues ? 1 : 0
    this.steps = tokenizer.decoding?.steps
    this.flows = (this.steps?.text ?? []).map((step) => flowOf(step, options.continues === true))
  }

  /** The text that became final with this token; '' while a character is still open. */
  push(id: number): string {
    const { decoding } = this.tokenizer
    if (this.skipSpecial && (decoding ? decoding.skips(id) : this.tokenizer.isSpecial(id))) return ''
    const piece = this.piece(id)
    return piece === null ? '' : this.flow(this.toText(piece), false)
  }

  /** What is still held. An incomplete character shows as U+FFFD here, and only here. */
  flush(): string {
    const rest = this.suffixHeld.replaceAll(this.steps?.suffix || '\0', '')
    this.suffixHeld = ''
    return this.flow(this.utf8.decode() + rest, true)
  }

  /** The token after the steps that look at one token, or null for an id that has none. */
  private piece(id: number): Piece | null {
    const decoding = this.tokenizer.decoding
    if (!decoding) return this.tokenizer.tokenBytes(id)
    const token = decoding.token(id)
    if (token === undefined) return null
    return runTokenSteps(decoding.steps.token, token, this.index++)
  }

  private toText(piece: Piece): string {
    if (typeof piece !== 'string') {
      this.bytesOpen = true
      return this.utf8.decode(piece, { stream: true })
    }
    const before = this.bytesOpen ? this.utf8.decode() : ''
    this.bytesOpen = false
    const suffix = this.steps?.suffix
    if (!suffix) return before + piece
    // the suffix means "space" unless no token follows: hold from its first place on
    const ready = this.suffixHeld.replaceAll(suffix, ' ')
    const at = piece.indexOf(suffix)
    this.suffixHeld = at < 0 ? '' : piece.slice(at)
    return before + ready + (at < 0 ? piece : piece.slice(0, at))
  }

  private flow(text: string, end: boolean): string {
    if (this.flows.length === 0) return text
    // what a step held back from earlier tokens is short: a pattern has at most 100 characters
    const meter = new Meter(text.length, 'decode')
    for (const flow of this.flows) text = flow.push(text, meter) + (end ? flow.flush() : '')
    return text
  }
}

/** decode() of any tokenizer: the streaming decoder run to its end. */
export function decodeAll(tokenizer: Decodable, ids: readonly number[], options: StreamOptions = {}): string {
  const decoder = new StreamDecoder(tokenizer, options)
  let text = ''
  for (const id of ids) text += decoder.push(id)
  return text + decoder.flush()
}
