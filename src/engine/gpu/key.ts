// What stands for one adapter among what this browser remembers.

import { featuresText } from '../device-features.ts'
import type { AdapterFacts } from '../types.ts'

/** A check's outcome holds for one adapter, driver and set of features; the caller adds its build. */
export const selfCheckKey = ({ vendor, architecture, description, kind, kernels }: AdapterFacts): string =>
  [vendor, architecture, description, kind, featuresText(kernels)].join('|')
