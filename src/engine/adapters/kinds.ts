// All kinds of adapters. Adding one: a file here, one line in the list.

import type { AdapterKind } from './adapter.ts'
import { lora } from './lora.ts'

export const kinds: readonly AdapterKind[] = [lora]
