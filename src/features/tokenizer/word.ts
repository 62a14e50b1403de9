// One word of the text and its tokenizer: what every picture of its way into tokens is given.

import type { ExplainedText, TokenizerFacts, WhichTokenizer } from '../../store/index.ts'

export type Word = ExplainedText['words'][number]
export interface StepProps {
  word: Word
  facts: TokenizerFacts
  which: WhichTokenizer
  whose: string
}
