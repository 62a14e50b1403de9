// A colour of theme.css as plain rgb(), for canvas and files, which know no var() and no light-dark().

import type { Scheme } from './colors.ts'

const known = new Map<string, string>()

/** @param name a custom property, e.g. "--ink-soft" */
export function themeColor(name: string, scheme: Scheme): string {
  const key = `${scheme} ${name}`
  let value = known.get(key)
  if (value === undefined) {
    const probe = document.createElement('span')
    probe.style.color = `var(${name})`
    probe.style.colorScheme = scheme
    probe.style.forcedColorAdjust = 'none' // what is painted by hand keeps its own colours
    document.body.append(probe)
    const canvas = new OffscreenCanvas(1, 1)
    const ctx = canvas.getContext('2d')!
    ctx.fillStyle = getComputedStyle(probe).color
    probe.remove()
    ctx.fillRect(0, 0, 1, 1)
    const [r, g, b] = ctx.getImageData(0, 0, 1, 1).data
    known.set(key, (value = `rgb(${r} ${g} ${b})`))
  }
  return value
}
