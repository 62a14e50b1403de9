// Colour tables and scales of every figure. Tables are 256 x 3 bytes computed in OKLCH, so that equal steps look equal;
// each exists for light and dark ground, and its low end is the ground itself: nothing looks like nothing.
// Roles keep their colour on every panel: query blue, key red, value green, attention purple (also in theme.css).

export type Scheme = 'light' | 'dark'
export type Lut = Uint8Array

/** OKLCH (Björn Ottosson) to sRGB bytes, out-of-range channels cut. */
function oklch(L: number, C: number, hue: number): [number, number, number] {
  const a = C * Math.cos((hue * Math.PI) / 180),
    b = C * Math.sin((hue * Math.PI) / 180)
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
  return linear.map((x) => {
    const v = Math.min(1, Math.max(0, x))
    return Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055))
  }) as [number, number, number]
}

const ground: Record<Scheme, { L: number; C: number; hue: number }> = {
  light: { L: 0.985, C: 0.006, hue: 220 },
  dark: { L: 0.245, C: 0.018, hue: 250 },
}

/** From the ground to the role's colour and beyond. Lightness is a straight line, chroma swells in the middle. */
function sequential(scheme: Scheme, hue: number, turn = 0, chroma = 0.19): Lut {
  const from = ground[scheme]
  const end = scheme === 'light' ? 0.33 : 0.94
  const lut = new Uint8Array(768)
  for (let i = 0; i < 256; i++) {
    const t = i / 255
    const C = from.C + (chroma * Math.sin(Math.PI * Math.min(1, t * 0.92) * 0.86) - from.C) * Math.min(1, t * 5)
    lut.set(oklch(from.L + (end - from.L) * t, C * (scheme === 'dark' ? 0.9 : 1), hue + turn * (t - 0.5)), i * 3)
  }
  return lut
}

/** Orange below zero, ground at zero, blue above: told apart by every eye. */
function diverging(scheme: Scheme): Lut {
  const from = ground[scheme]
  const end = scheme === 'light' ? 0.42 : 0.86
  const lut = new Uint8Array(768)
  for (let i = 0; i < 256; i++) {
    // the two middle steps are both the ground: rounding about zero must not take sides
    const t = (i - 127.5) / 127.5,
      far = Math.max(0, (Math.abs(t) - 0.5 / 127.5) / (1 - 0.5 / 127.5))
    lut.set(
      oklch(
        from.L + (end - from.L) * far,
        from.C + (0.155 - from.C) * far ** 0.85,
        far === 0 ? from.hue : t < 0 ? 52 : 255,
      ),
      i * 3,
    )
  }
  return lut
}

const hues = { attention: 300, query: 258, key: 25, value: 150, heat: 60, accent: 215, grey: 250 } as const
/** What a part of the model is drawn in, on every panel: names of theme.css. */
export const roles = {
  attention: '--role-attention',
  mlp: '--role-mlp',
  query: '--role-q',
  key: '--role-k',
  value: '--role-v',
  embed: '--ink-soft',
} as const

export type LutName = keyof typeof hues | 'signed'
const made = new Map<string, Lut>()
/**
 * attention and probability: 'attention'. Surprise, entropy, where a token looks: 'heat'. Who looks at it: 'grey'.
 * Signed numbers: 'signed'.
 */
export function lut(name: LutName, scheme: Scheme): Lut {
  const key = `${name} ${scheme}`
  let table = made.get(key)
  if (!table) {
    made.set(
      key,
      (table =
        name === 'signed'
          ? diverging(scheme)
          : sequential(
              scheme,
              hues[name],
              name === 'heat' ? -60 : name === 'attention' ? (scheme === 'dark' ? 40 : -30) : 0,
              name === 'grey' ? 0.03 : 0.19,
            )),
    )
  }
  return table
}

// ---- scales ----------------------------------------------------------------

export interface ColorScale {
  lut: Lut
  min: number
  max: number
  /** how a value walks along the table: straight, or lifted so that small values show. 'log' is log10(1 + 9x) */
  curve?: 'linear' | 'sqrt' | 'log'
  /** least place in the table of a value above min: tiny is not absent */
  floor?: number
}

/** 0..255 place of a value in the table; -1 = absent. */
export function place(scale: ColorScale, value: number): number {
  if (Number.isNaN(value)) return -1
  const { min, max, curve = 'linear', floor = 0 } = scale
  const x = max > min ? Math.min(1, Math.max(0, (value - min) / (max - min))) : 0
  const y = curve === 'sqrt' ? Math.sqrt(x) : curve === 'log' ? Math.log10(1 + 9 * x) : x
  return Math.round(255 * (x > 0 ? floor + (1 - floor) * y : y))
}

export function colorAt(scale: ColorScale, value: number): [number, number, number] | null {
  const i = place(scale, value)
  return i < 0 ? null : [scale.lut[i * 3]!, scale.lut[i * 3 + 1]!, scale.lut[i * 3 + 2]!]
}

export const css = (rgb: readonly [number, number, number] | null): string =>
  rgb ? `rgb(${rgb[0]} ${rgb[1]} ${rgb[2]})` : 'transparent'
export const cssAt = (scale: ColorScale, value: number): string => css(colorAt(scale, value))

/** Black or white, whichever reads better on it (WCAG luminance). */
export function inkOn(rgb: readonly [number, number, number]): string {
  const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4)) as [
    number,
    number,
    number,
  ]
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b
  return luminance > 0.179 ? 'rgb(0 0 0)' : 'rgb(255 255 255)'
}

/** Symmetric about zero, so that the ground means zero. */
export const signedScale = (extent: number, scheme: Scheme): ColorScale => ({
  lut: lut('signed', scheme),
  min: -extent,
  max: extent,
})

/** Pixels of a grid of values; absent cells are transparent. */
export function paint(values: Float32Array, scale: ColorScale, out: Uint8ClampedArray): void {
  for (let i = 0; i < values.length; i++) {
    const at = place(scale, values[i]!)
    if (at < 0) {
      out[i * 4 + 3] = 0
      continue
    }
    out[i * 4] = scale.lut[at * 3]!
    out[i * 4 + 1] = scale.lut[at * 3 + 1]!
    out[i * 4 + 2] = scale.lut[at * 3 + 2]!
    out[i * 4 + 3] = 255
  }
}

/** Largest and smallest of what is present. */
export function extent(values: ArrayLike<number>): [min: number, max: number] {
  let min = Infinity,
    max = -Infinity
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!
    if (v < min) min = v
    if (v > max) max = v
  }
  return min <= max ? [min, max] : [0, 0]
}
