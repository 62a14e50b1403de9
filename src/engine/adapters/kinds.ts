// All kinds of adapters. Adding one: a file here, one line in the list.

import type { AdapterKind } from './adapter.ts'
import { adalora } from './adalora.ts'
import { bottleneck } from './bottleneck.ts'
import { ggufLora } from './gguf-lora.ts'
import { hubLora } from './hub-lora.ts'
import { hubPrefix } from './hub-prefix.ts'
import { ia3 } from './ia3.ts'
import { lora } from './lora.ts'
import { prefixEncoder } from './prefix-encoder.ts'
import { prefixTuning } from './prefix-tuning.ts'
import { promptTuning, pTuning } from './prompt-tuning.ts'

export const kinds: readonly AdapterKind[] = [
  lora,
  adalora,
  ia3,
  promptTuning,
  pTuning,
  prefixTuning,
  prefixEncoder,
  bottleneck,
  hubLora,
  hubPrefix,
  ggufLora,
]
