// How positions turn pairs, as the engine computes it: for panels that draw the formula.

export { ropeFrequencies, type RopeScaling } from '../engine/model/rope-table.ts'
