// Work that a tokenizer's steps may do on one text, or a decoder's on one token.
//
// A file can ask for steps that multiply (forty times `Replace a → aa`). Every step
// is charged for the characters it is about to make, before it makes them.

import { EngineError } from '../errors.ts'

/** Most characters that all steps together may go through: real tokenizers need 2 to 30 per character. */
const workPerCharacter = 200,
  workForAny = 100_000
/** Most characters one step may make of a text: NFKD turns one character into 18. */
export const growth = 20,
  growthForAny = 4096

/** The same for one token on its way to text: it runs for every token of an answer, and of a list of tokens. */
const decodeWorkForAny = 4000,
  decodeGrowthForAny = 1024

export class Meter {
  private left: number
  private readonly longest: number
  /** @param characters length of the text, or of the token that is decoded */
  constructor(
    characters: number,
    private readonly during: 'encode' | 'decode' = 'encode',
  ) {
    this.left = (during === 'encode' ? workForAny : decodeWorkForAny) + workPerCharacter * characters
    this.longest = (during === 'encode' ? growthForAny : decodeGrowthForAny) + growth * characters
  }
  /** @param made characters that the next step goes through or makes. @throws TOKENIZER_INVALID when it is too many */
  charge(made: number): void {
    if (made > this.longest) throw this.tooMuch(`a step makes more than ${this.longest} characters of this ${this.of}`)
    this.work(made)
  }
  /** Looking is charged, too: a search for long pieces at every place. */
  work(steps: number): void {
    this.left -= steps
    if (this.left < 0) throw this.tooMuch(`its steps go through the ${this.of} too many times`)
  }
  private get of(): string {
    return this.during === 'encode' ? 'text' : 'token'
  }
  private tooMuch(what: string): EngineError {
    return this.during === 'encode' ? tooMuchToRead(what) : tooMuchToWrite(what)
  }
}

const tooMuchToWrite = (what: string): EngineError =>
  new EngineError(
    'TOKENIZER_INVALID',
    `Cannot write a token of the model as text: ${what}. The tokenizer file is damaged or made to do harm; what was written before is kept.`,
    { what, during: 'decode' },
  )
const tooMuchToRead = (what: string): EngineError =>
  new EngineError(
    'TOKENIZER_INVALID',
    `Cannot read this text with the model's tokenizer: ${what}. The tokenizer file is damaged or made to do harm; the text was not changed.`,
    { what, during: 'encode' },
  )
