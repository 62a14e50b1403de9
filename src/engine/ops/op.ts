// What an op is: a name, the WGSL variants that compute it, a plain reference, and hard cases.
//
// Bindings and parameters are declared once, in the WGSL; gpu/reflect.ts reads them back and
// binds by name: a storage binding called `x` gets the step's argument `x`; `codes` and
// `scales` are the two planes of the step's argument `weight`; `params` is the step's constant
// uniform, filled by field name from the step's params; `step` is the uniform below.

import type { DeviceFeatures } from '../device-features.ts'
import type { StorageFormat, WeightData } from '../quants/weight.ts'
import type { MaskedEdges } from './masked-edges.ts'

/** What changes from one forward to the next: one small uniform, written once per forward. */
export interface StepValues {
  /** rows run by this dispatch: tokens of the chunk, or logit rows in the head */
  T: number
  /** absolute position of the chunk's first token = entries already in the KV cache */
  pos: number
  /** first row of the residual that the head reads */
  row: number
  /**
   * keys that every query sees (mask.ts): the whole text where it is read both ways, the source of cross-attention, the
   * prefix of a prefix language model; 0 for causal models
   */
  prefix: number
  /** rows belong to several texts in turn, which part at entry `from` of the cache (strands.ts) */
  strands?: Strands
}

/** Texts that go on from one beginning: so many, from this entry of the cache on. */
export interface Strands {
  from: number
  count: number
}

/** The step uniform (shaders/lib/step.wgsl), padded to its size. */
export const stepWords = ({ T, pos, row, prefix, strands }: StepValues): Uint32Array<ArrayBuffer> =>
  Uint32Array.of(T, pos, row, prefix, strands?.from ?? 0, strands?.count ?? 0, 0, 0)
export const STEP_BYTES = 32

export type Params = Record<string, number>

/** Everything a variant may look at when it says whether it fits and how many workgroups it needs. */
export interface VariantContext {
  params: Params
  /** format of the step's `weight`, if it has one */
  format: StorageFormat | null
  kind: 'gpu' | 'software'
  /** a variant whose WGSL enables one of these fits only where the device has it */
  features: DeviceFeatures
  limits: { maxComputeWorkgroupStorageSize: number; maxComputeInvocationsPerWorkgroup: number }
}

/**
 * One kernel launch. Grids beyond 65,535 in x are folded into y by gpu/kernel.ts; WGSL uses lib/grid.wgsl to unfold.
 */
export interface Pass {
  /** shaders/<shader>.wgsl */
  shader: string
  /** values of the WGSL `override` constants */
  overrides?: Record<string, number>
  /** the threads of a workgroup meet to share x: snippets may use workgroup memory and barriers */
  staged?: true
  /** the lanes of a subgroup read x between them (lib/spread.wgsl) */
  spread?: true
  /** snippets that stand in the place of others: { outputs: 'outputs-gated' } is what `#include outputs` then means */
  parts?: Readonly<Record<string, string>>
  /** how many workgroups (1-D; folded when large) */
  workgroups(params: Params, step: StepValues): number
}

/** A way to compute the op. The first whose `fits` is true and whose self-check passed is used for a given T. */
export interface Variant {
  name: string
  fits(context: VariantContext): boolean
  /** may this variant run this many rows? (decode kernels say T <= 4, tiles say T > 4) */
  accepts(step: StepValues, params: Params): boolean
  /** launched in order; `scratch` is bound to every pass that declares it */
  passes(context: VariantContext): Pass[]
  /** bytes of the `scratch` binding the passes share, at most, for chunks of maxT rows */
  scratchBytes?(params: Params, maxT: number): number
  /**
   * What it rounds of its arguments before it computes, in place. Such a variant runs only where a caller names it, and is
   * checked against the reference of what it has rounded.
   */
  rounds?(args: ReferenceArgs): void
  /** u32 words of the `partials` binding, at most: zeros before the first launch, and again after every one */
  partialWords?(params: Params, maxT: number): number
}

/** Arguments of the plain reference. Tensors are f32 values computed in f64; `out` arrays are written. */
export interface ReferenceArgs {
  tensors: Record<string, Float32Array>
  ids?: Uint32Array
  /** edges that the reader has masked (masked-edges.ts) */
  maskedEdges?: Uint32Array
  weight?: WeightData
  params: Params
  step: StepValues
}

/** A known-answer case: smallest first (the self-check runs cases[0]); inputs are made from a seed. */
export interface Case {
  name?: string
  params: Params
  step: StepValues
  format?: StorageFormat
  /** element counts of every f32 tensor argument */
  sizes: Record<string, number>
  weight?: { rows: number; cols: number }
  /** tensors that hold whole numbers, or what random floats will not do for */
  words?: Readonly<Record<string, () => Uint32Array>>
  /** the `ids` argument, when random token ids will not do */
  ids?: number[]
  /** the `maskedEdges` argument; none when left out */
  maskedEdges?: readonly MaskedEdges[]
  /** value range of random inputs, default 1 */
  scale?: number
  /** what is added to every random input, default 0 */
  shift?: number
  /** largest allowed NMSE, default 1e-11 */
  nmse?: number
}

export interface Op {
  name: string
  /**
   * tensor arguments and how the kernel uses them. `vector`: it is read in the one buffer `vectors` that holds the model's
   * vectors; where it begins there, in floats, is the parameter of its name with `At` behind
   */
  args: Record<string, 'read' | 'vector' | 'write' | 'update' | 'ids' | 'weight'>
  variants: Variant[]
  /**
   * Where the weight is split by rows, each part runs by itself: what else must change in its parameters, which hold
   * `rowStart` and `rows` of the part already
   */
  segment?(params: Params): Params
  /** its rows are neighbours in one text: it runs no strands (strands.ts) */
  oneText?: true
  /** its weight cannot be split: every row is needed by one workgroup */
  inOnePiece?: true
  reference(args: ReferenceArgs): void
  /** tensors whose words are no floats: the numbers in them, as far as they are to be compared */
  numbers?: Readonly<Record<string, (words: Uint32Array) => ArrayLike<number>>>
  cases: Case[]
}

export const defineOp = (op: Op): Op => op
