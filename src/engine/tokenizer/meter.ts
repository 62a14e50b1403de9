// Work that a tokenizer's steps may do on one text.
//
// A file can ask for steps that multiply (forty times `Replace a → aa`). Every step
// is charged for the characters it is about to make, before it makes them.

import { EngineError } from '../errors.ts'

/** Most characters that all steps together may go through: real tokenizers need 2 to 30 per character. */
export const workPerCharacter = 200, workForAny = 100_000
/** Most characters one step may make of a text: NFKD turns one character into 18. */
export const growth = 20, growthForAny = 4096

export class Meter {
  private left: number
  private readonly longest: number
  constructor(characters: number) {
    this.left = workForAny + workPerCharacter * characters
    this.longest = growthForAny + growth * characters
  }
  /** @param made characters that the next step goes through or makes. @throws TOKENIZER_INVALID when it is too many */
  charge(made: number): void {
    if (made > this.longest) throw tooMuch(`a step makes more than ${this.longest} characters of this text`)
    this.work(made)
  }
  /** Looking is charged, too: a search for long pieces at every place. */
  work(steps: number): void {
    this.left -= steps
    if (this.left < 0) throw tooMuch('its steps go through the text too many times')
  }
}

const tooMuch = (what: string): EngineError =>
  new EngineError('TOKENIZER_INVALID', `Cannot read this text with the model's tokenizer: ${what}. The tokenizer file is damaged or made to do harm; the text was not changed.`, { what, during: 'encode' })
