// Every function of the language by the name that claims call it by. docs/lessons-format.md lists them: a test holds that
// list to this one. Ranks count from 1, layers and heads from 0, doubt is in bits. A run that is left out is the step's
// first, a layer the last, a place the one that the run's answer comes from.

import type { Fn } from '../../predicate/evaluate.ts'
import { plainFunctions } from '../../predicate/functions.ts'
import type { Asks } from '../asks.ts'
import { attentionFunctions } from './attention.ts'
import { insideFunctions } from './inside.ts'
import { nextFunctions } from './next.ts'
import { panelFunctions } from './panels.ts'
import { preferenceFunctions } from './preferences.ts'
import { scoreFunctions } from './scores.ts'
import { weightFunctions } from './weights.ts'
import { wordFunctions } from './words.ts'
import { writingFunctions } from './writing.ts'

export const functionsOf = (m: Asks): ReadonlyMap<string, Fn> =>
  new Map(
    Object.entries({
      ...plainFunctions,
      ...nextFunctions(m),
      ...writingFunctions(m),
      ...attentionFunctions(m),
      ...insideFunctions(m),
      ...preferenceFunctions(m),
      ...weightFunctions(m),
      ...wordFunctions(m),
      ...scoreFunctions,
      ...panelFunctions(m),
    }),
  )
