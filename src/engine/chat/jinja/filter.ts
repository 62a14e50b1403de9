// What a filter is: a value and arguments in, a value out; what it may use beside them.

import type { Meter } from './meter.ts'
import type { Arguments, Value } from './values.ts'

export interface FilterContext {
  meter: Meter
  filter(name: string, value: Value, given: Arguments): Value
}
export type Filter = (value: Value, given: Arguments, context: FilterContext) => Value
