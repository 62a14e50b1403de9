// The sliders of an answer's settings. Names and explanations are in i18n (t.params).

import type { TurnParams } from '../../store/index.ts'
import type { OwnParams, PerModel } from '../../store/sampling.ts'
import { sliders as ofStages, type SliderSpec } from '../../store/stages.ts'

/** In the order in which the engine applies them; the length limit last. */
export const sliders: readonly SliderSpec<PerModel>[] = [...ofStages, { name: 'maxTokens', min: 1, max: 4096, step: 1 }]

/** What a preset sets: the numbers of the sampler. */
export const parametersOf = (params: TurnParams): OwnParams =>
  Object.fromEntries(ofStages.map(({ name }) => [name, params[name]]))

/** Stop texts are edited one per line, with \n and \t written out. */
export const stopToText = (stop: TurnParams['stop']): string =>
  stop.map((text) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t')).join('\n')
export const textToStop = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      line.replace(/\\([\\nt])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 't' ? '\t' : '\\')),
    )
