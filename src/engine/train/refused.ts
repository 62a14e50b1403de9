// Why a model cannot be trained, said by name.

import { EngineError } from '../errors.ts'

/** What there is no way back through; the catalogs (src/i18n/errors.*.ts) have a sentence for each. */
const reasons = {
  source: 'it is an encoder–decoder',
  whole: 'it reads its text as a whole',
  head: 'it has no language head',
  op: 'there is no way back through one of its steps',
  weight: 'it has no such weight',
  made: 'one of its vectors is made of others',
  place: 'one of its steps works in place',
  positions: 'it looks positions or segments up',
  activation: 'the slope of its activation is not known',
  mask: 'its attention is not causal',
  wide: 'its heads are wider than 256',
  cache: 'its keys and values are packed',
} as const
export type Reason = keyof typeof reasons

/** @param at the step or weight in question */
export const refused = (why: Reason, at?: string): EngineError =>
  new EngineError(
    'TRAIN_UNSUPPORTED',
    `Cannot train this model: ${reasons[why]}${at === undefined ? '' : ` (${at})`}. Nothing was changed; choose a decoder such as LLaMA, Mistral or Qwen.`,
    { why, ...(at !== undefined && { at }) },
  )
