// What every algorithm of models/ gives: one pre-tokenized word → its ids.

import type { Meter } from '../meter.ts'

export type Encode = (word: string, meter: Meter) => readonly number[]
