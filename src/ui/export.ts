// Figures as files. A figure is a list of shapes: the same list is painted on a canvas and written as SVG.
// Arrays leave as NumPy .npy (version 1.0, little-endian).

export type Shape =
  | {
      kind: 'rect'
      x: number
      y: number
      w: number
      h: number
      fill: string
      opacity?: number
      stroke?: string
      radius?: number
    }
  | { kind: 'path'; d: string; stroke: string; width: number; opacity?: number; fill?: string; dash?: string }
  | {
      kind: 'text'
      x: number
      y: number
      text: string
      size: number
      fill: string
      anchor?: 'start' | 'middle' | 'end'
      rotate?: number
      mono?: boolean
      opacity?: number
      weight?: number
    }
  /** a grid of pixels, painted without smoothing */
  | { kind: 'image'; x: number; y: number; w: number; h: number; pixels: HTMLCanvasElement | OffscreenCanvas }
  /** shapes moved together, and made larger about their own corner */
  | { kind: 'group'; x: number; y: number; scale?: number; shapes: readonly Shape[] }

export interface DrawList {
  width: number
  height: number
  background: string
  shapes: readonly Shape[]
}

const sans = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'
const mono = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace'

export function drawOn(ctx: CanvasRenderingContext2D, { shapes }: Pick<DrawList, 'shapes'>): void {
  for (const shape of shapes) {
    ctx.globalAlpha = 'opacity' in shape ? (shape.opacity ?? 1) : 1
    switch (shape.kind) {
      case 'rect':
        ctx.beginPath()
        ctx.roundRect(shape.x, shape.y, shape.w, shape.h, shape.radius ?? 0)
        // a canvas knows no 'none': it would fill with the colour before
        if (shape.fill !== 'none') {
          ctx.fillStyle = shape.fill
          ctx.fill()
        }
        if (shape.stroke) {
          ctx.strokeStyle = shape.stroke
          ctx.lineWidth = 1
          ctx.stroke()
        }
        break
      case 'path': {
        const path = new Path2D(shape.d)
        if (shape.fill && shape.fill !== 'none') {
          ctx.fillStyle = shape.fill
          // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, not an array
          ctx.fill(path)
        }
        ctx.strokeStyle = shape.stroke
        ctx.lineWidth = shape.width
        ctx.setLineDash(shape.dash ? shape.dash.split(' ').map(Number) : [])
        ctx.stroke(path)
        ctx.setLineDash([])
        break
      }
      case 'text':
        ctx.save()
        ctx.translate(shape.x, shape.y)
        ctx.rotate(((shape.rotate ?? 0) * Math.PI) / 180)
        ctx.font = `${shape.weight ?? 400} ${shape.size}px ${shape.mono ? mono : sans}`
        ctx.textAlign = shape.anchor === 'middle' ? 'center' : (shape.anchor ?? 'start')
        ctx.textBaseline = 'alphabetic'
        ctx.fillStyle = shape.fill
        ctx.fillText(shape.text, 0, 0)
        ctx.restore()
        break
      case 'image':
        ctx.imageSmoothingEnabled = false
        ctx.drawImage(shape.pixels, shape.x, shape.y, shape.w, shape.h)
        break
      case 'group':
        ctx.save()
        ctx.translate(shape.x, shape.y)
        ctx.scale(shape.scale ?? 1, shape.scale ?? 1)
        drawOn(ctx, shape)
        ctx.restore()
        break
    }
  }
  ctx.globalAlpha = 1
}

export async function toPng(list: DrawList, ratio = 2): Promise<Blob> {
  const canvas = new OffscreenCanvas(Math.ceil(list.width * ratio), Math.ceil(list.height * ratio))
  const ctx = canvas.getContext('2d') as unknown as CanvasRenderingContext2D
  ctx.scale(ratio, ratio)
  ctx.fillStyle = list.background
  ctx.fillRect(0, 0, list.width, list.height)
  drawOn(ctx, list)
  return canvas.convertToBlob({ type: 'image/png' })
}

/** Text for XML: also drops characters that XML cannot hold. */
const escape = (text: string): string =>
  text
    .replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
const round = (n: number): string => String(Math.round(n * 100) / 100)

async function svgParts(shapes: readonly Shape[]): Promise<string[]> {
  const parts: string[] = []
  for (const s of shapes) {
    const opacity = 'opacity' in s && s.opacity !== undefined ? ` opacity="${round(s.opacity)}"` : ''
    if (s.kind === 'rect') {
      parts.push(
        `<rect x="${round(s.x)}" y="${round(s.y)}" width="${round(s.w)}" height="${round(s.h)}" fill="${escape(s.fill)}"${s.stroke ? ` stroke="${escape(s.stroke)}"` : ''}${s.radius ? ` rx="${round(s.radius)}"` : ''}${opacity}/>`,
      )
    } else if (s.kind === 'path') {
      parts.push(
        `<path d="${escape(s.d)}" fill="${escape(s.fill ?? 'none')}" stroke="${escape(s.stroke)}" stroke-width="${round(s.width)}"${s.dash ? ` stroke-dasharray="${escape(s.dash)}"` : ''}${opacity}/>`,
      )
    } else if (s.kind === 'text') {
      parts.push(
        `<text x="${round(s.x)}" y="${round(s.y)}" font-size="${round(s.size)}" font-family='${s.mono ? mono : sans}' fill="${escape(s.fill)}"${s.weight ? ` font-weight="${s.weight}"` : ''}${s.anchor ? ` text-anchor="${s.anchor}"` : ''}${s.rotate ? ` transform="rotate(${round(s.rotate)} ${round(s.x)} ${round(s.y)})"` : ''}${opacity} xml:space="preserve">${escape(s.text)}</text>`,
      )
    } else if (s.kind === 'group') {
      const larger = s.scale === undefined ? '' : ` scale(${round(s.scale)})`
      parts.push(
        `<g transform="translate(${round(s.x)} ${round(s.y)})${larger}">`,
        ...(await svgParts(s.shapes)),
        '</g>',
      )
    } else {
      parts.push(
        `<image x="${round(s.x)}" y="${round(s.y)}" width="${round(s.w)}" height="${round(s.h)}" preserveAspectRatio="none" style="image-rendering:pixelated" href="${await dataUrl(s.pixels)}"/>`,
      )
    }
  }
  return parts
}

export async function toSvg({ width, height, background, shapes }: DrawList): Promise<string> {
  const parts = await svgParts(shapes)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}">\n<rect width="100%" height="100%" fill="${escape(background)}"/>\n${parts.join('\n')}\n</svg>\n`
}

async function dataUrl(pixels: HTMLCanvasElement | OffscreenCanvas): Promise<string> {
  if (pixels instanceof HTMLCanvasElement) return pixels.toDataURL('image/png')
  const bytes = new Uint8Array(await (await pixels.convertToBlob({ type: 'image/png' })).arrayBuffer())
  let text = ''
  for (const b of bytes) text += String.fromCharCode(b)
  return `data:image/png;base64,${btoa(text)}`
}

/** suffix: for the file's name, where the array is not what the name alone says */
export interface NumberArray {
  shape: readonly number[]
  data: Float32Array | Float64Array | Int32Array | Uint8Array
  suffix?: string
}

/** NumPy's format: magic, version, header padded to 64 bytes, data in C order. */
export function toNpy({ shape, data }: NumberArray): Uint8Array<ArrayBuffer> {
  const size = shape.reduce((a, b) => a * b, 1)
  if (size !== data.length) {
    throw new Error(`Cannot write an array of shape (${shape.join(', ')}): it has ${data.length} values.`)
  }
  const descr =
    data instanceof Float32Array
      ? '<f4'
      : data instanceof Float64Array
        ? '<f8'
        : data instanceof Int32Array
          ? '<i4'
          : '|u1'
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`
  const padded = header + ' '.repeat((64 - ((10 + header.length + 1) % 64)) % 64) + '\n'
  const out = new Uint8Array(10 + padded.length + data.byteLength)
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 255, padded.length >> 8])
  for (let i = 0; i < padded.length; i++) out[10 + i] = padded.charCodeAt(i)
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + padded.length)
  return out
}

/** JSON with typed arrays as plain ones; NaN and infinities as null. */
export const toJson = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, inner: unknown) =>
      ArrayBuffer.isView(inner) ? Array.from(inner as Float32Array, (v) => (Number.isFinite(v) ? v : null)) : inner,
    1,
  )

export function save(
  name: string,
  content: Blob | string | Uint8Array<ArrayBuffer>,
  type = 'application/octet-stream',
): void {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
