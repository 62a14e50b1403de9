// The sampler's stages, in the order in which they act. Adding one = its file, its line here, and its words in both
// languages: label and hint of every parameter (i18n/en.ts, zh.ts: params), its name and what it did
// (i18n/panels/probabilities.ts: stage, why). recipe.test.tsx adds one.
//
// Order and meaning of each stage are those of HF transformers' logits processors.

import { bias } from './bias.ts'
import { minP } from './min-p.ts'
import { repetition } from './repetition.ts'
import type { Stage } from './stage.ts'
import { temperature } from './temperature.ts'
import { topK } from './top-k.ts'
import { topP } from './top-p.ts'

const list = [bias, repetition, temperature, topK, topP, minP] as const

type Listed = (typeof list)[number]
type KeysOf<S> = S extends { parameters: infer P } ? keyof P : never
/** Every number that a stage lets a caller set. */
export type ParameterName = KeysOf<Listed>
export type StageName = Listed['name']
/** The stages that change scores. */
export type ScoreName = Extract<Listed, { kind: 'score' }>['name']
/** The stages that take tokens out. */
export type CutName = Extract<Listed, { kind: 'cut' }>['name']

export const stages: readonly (Stage<ParameterName> & { readonly name: StageName })[] = list
