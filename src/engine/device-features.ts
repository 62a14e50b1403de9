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
