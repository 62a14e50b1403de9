// The sampling sliders: their ranges, and what value means "off". Names and explanations are in i18n (t.params).

import type { TurnParams } from '../../store/index.ts'

export type SliderName =
  | 'temperature'
  | 'topK'
  | 'topP'
  | 'minP'
  | 'repetitionPenalty'
  | 'presencePenalty'
  | 'frequencyPenalty'
  | 'maxTokens'

export interface SliderSpec {
  name: SliderName
  min: number
  max: number
  step: number
  off?: number
}

/** In the order in which the engine applies them; the length limit last. */
export const sliders: readonly SliderSpec[] = [
  { name: 'repetitionPenalty', min: 1, max: 2, step: 0.01, off: 1 },
  { name: 'presencePenalty', min: -2, max: 2, step: 0.05, off: 0 },
  { name: 'frequencyPenalty', min: -2, max: 2, step: 0.05, off: 0 },
  { name: 'temperature', min: 0, max: 3, step: 0.05 },
  { name: 'topK', min: 0, max: 200, step: 1, off: 0 },
  { name: 'topP', min: 0.01, max: 1, step: 0.01, off: 1 },
  { name: 'minP', min: 0, max: 0.5, step: 0.01, off: 0 },
  { name: 'maxTokens', min: 1, max: 4096, step: 1 },
]

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
