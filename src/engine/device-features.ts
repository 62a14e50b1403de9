// What kernels may ask of a graphics device beyond WebGPU's defaults. Knows no device, no op and no shader.

/**
 * A kernel that needs one says so in its first lines (`enable subgroups;`, `enable f16;`), and its variant's `fits` asks
 * for it.
 */
export interface DeviceFeatures {
  /** the smallest and the largest number of threads of a subgroup; null where shaders have none */
  subgroups: { min: number; max: number } | null
  /** 16-bit floats in shaders and buffers */
  f16: boolean
  /** dot products of four 8-bit integers in one instruction (`dot4I8Packed`) */
  dot4: boolean
}

export const noFeatures: DeviceFeatures = { subgroups: null, f16: false, dot4: false }

/** `subgroups 4–8, f16, dot4`, or `none` */
export function featuresText({ subgroups, ...others }: DeviceFeatures): string {
  const sizes =
    subgroups && (subgroups.min === subgroups.max ? `${subgroups.min}` : `${subgroups.min}–${subgroups.max}`)
  const names = Object.entries(others).flatMap(([name, has]) => (has ? [name] : []))
  return [...(sizes ? [`subgroups ${sizes}`] : []), ...names].join(', ') || 'none'
}

/** What a caller may force of a graphics device: `f32` and `no…` take away, `class=` says which kernels come first. */
export const forceWords = ['f32', 'nosubgroups', 'nodot4', 'class=gpu', 'class=software', 'limits=default'] as const
export type ForceWord = (typeof forceWords)[number]

/** Words of a text like `f32, class=gpu`. What is none of forceWords stands in `unknown`; two classes are one too many. */
export function readForce(text: string): { words: ForceWord[]; unknown: string | null } {
  const all = [...new Set(text.split(',').map((word) => word.trim()))].filter((word) => word !== '')
  const words = forceWords.filter((word) => all.includes(word))
  const classes = words.filter((word) => word.startsWith('class='))
  const unknown = all.find((word) => !(forceWords as readonly string[]).includes(word)) ?? classes[1] ?? null
  return { words, unknown }
}

export const forcedFeatures = (has: DeviceFeatures, words: readonly ForceWord[]): DeviceFeatures => ({
  subgroups: words.includes('nosubgroups') ? null : has.subgroups,
  f16: has.f16 && !words.includes('f32'),
  dot4: has.dot4 && !words.includes('nodot4'),
})

export const forcedClass = (words: readonly ForceWord[]): 'gpu' | 'software' | null =>
  words.includes('class=gpu') ? 'gpu' : words.includes('class=software') ? 'software' : null
