// P-tuning v2 as THUDM's code has it: with pre_seq_len a model's files hold a prefix encoder beside the blocks.

import type { Config, Description } from '../describe.ts'

export function prefixEncoderOf(config: Config): Pick<Description, 'prefixEncoder'> {
  const projected = config.flag('prefix_projection', false)
  if (!config.has('pre_seq_len')) return {}
  return { prefixEncoder: { at: 'transformer.prefix_encoder', count: config.count('pre_seq_len'), projected } }
}
