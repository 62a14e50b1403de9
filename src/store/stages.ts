// The sampler's stages as panels show them: what there is to set, and the engine's own words about each stage. Nothing
// here names a stage: a new one of engine/sampler/stages.ts has its sliders and its column by itself.

import { parameters } from '../engine/sampler/params.ts'
import { stages, type ParameterName } from '../engine/sampler/stages.ts'

export { parameters, perParameter } from '../engine/sampler/params.ts'
export { isBan } from '../engine/sampler/bias.ts'
export { stages, type CutName, type ParameterName, type ScoreName, type StageName } from '../engine/sampler/stages.ts'

export interface SliderSpec<Name extends string> {
  name: Name
  min: number
  max: number
  step: number
  /** the value that is shown as "off" */
  off?: number
}

/** In the order in which the engine applies them. */
export const sliders: readonly (SliderSpec<ParameterName> & {
  /** the slider's end where the stage itself is looked at */
  farther: number
})[] = stages.flatMap(({ kind, parameters: own }) =>
  (Object.keys(own) as ParameterName[]).map((name) => {
    const { off, slider } = parameters[name]
    // making odds of scores is never off
    return { name, farther: slider.max, ...slider, ...(kind !== 'weigh' && { off }) }
  }),
)
