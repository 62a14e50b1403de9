// The pixels of a heatmap: a tile as an image of its samples, and the hatching of what is absent.

import { paint, type ColorScale } from './colors.ts'
import type { HeatTile } from './heat-view.ts'

export type Canvas2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

/** One pixel per sample; null when there is none. */
export function imageOf(tile: HeatTile | null, scale: ColorScale): OffscreenCanvas | null {
  if (!tile || tile.width === 0 || tile.height === 0) return null
  const canvas = new OffscreenCanvas(tile.width, tile.height)
  const ctx = canvas.getContext('2d')!
  const data = ctx.createImageData(tile.width, tile.height)
  paint(tile.values, scale, data.data)
  ctx.putImageData(data, 0, 0)
  return canvas
}

/** Gives a canvas the size of its box in device pixels. */
export function fit(
  canvas: HTMLCanvasElement,
  { width, height, ratio }: { width: number; height: number; ratio: number },
): void {
  const w = Math.round(width * ratio),
    h = Math.round(height * ratio)
  if (canvas.width !== w) canvas.width = w
  if (canvas.height !== h) canvas.height = h
}

const hatches = new Map<string, HTMLCanvasElement>()
/** Thin strokes that mean: nothing is there. */
export function hatchPattern(ctx: Canvas2D, dark: boolean): CanvasPattern {
  const key = String(dark)
  let canvas = hatches.get(key)
  if (!canvas) {
    canvas = document.createElement('canvas')
    canvas.width = canvas.height = 8
    const c = canvas.getContext('2d')!
    c.strokeStyle = dark ? 'rgb(255 255 255 / 0.055)' : 'rgb(20 30 60 / 0.07)'
    c.lineWidth = 1
    for (const at of [-8, 0, 8]) {
      c.beginPath()
      c.moveTo(at, 8)
      c.lineTo(at + 8, 0)
      c.stroke()
    }
    hatches.set(key, canvas)
  }
  return ctx.createPattern(canvas, 'repeat')!
}
