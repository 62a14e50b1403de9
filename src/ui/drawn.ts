// What stands on the page, as shapes: for figures that are tables, formulas and chips rather than pictures of their own,
// so that they leave as PNG and SVG like the others. Text stays text, grounds and frames are rectangles, canvases and
// icons go along; fields to type in are left out, and what is scrolled away stays away.

import type { DrawList, Shape } from './export.ts'

interface Box {
  left: number
  top: number
  right: number
  bottom: number
}
const cut = (a: Box, b: Box): Box => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
})
const isEmpty = ({ left, top, right, bottom }: Box): boolean => right - left < 0.5 || bottom - top < 0.5

/** Any colour a browser computes, as rgb and how much of it there is: files know no oklch. */
function rgb(color: string): { fill: string; alpha: number } {
  const ctx = new OffscreenCanvas(1, 1).getContext('2d')!
  ctx.fillStyle = color
  ctx.fillRect(0, 0, 1, 1)
  const [r, g, b, a] = ctx.getImageData(0, 0, 1, 1).data
  return { fill: `rgb(${r} ${g} ${b})`, alpha: a! / 255 }
}

export function drawnElement(root: HTMLElement, background: string): DrawList {
  const origin = root.getBoundingClientRect()
  const shapes: Shape[] = []
  const colours = new Map<string, ReturnType<typeof rgb>>()
  const colour = (text: string): ReturnType<typeof rgb> => {
    if (!colours.has(text)) colours.set(text, rgb(text))
    return colours.get(text)!
  }
  const x = (left: number): number => left - origin.left
  const y = (top: number): number => top - origin.top

  const ground = (style: CSSStyleDeclaration, box: Box): void => {
    const { fill, alpha } = colour(style.backgroundColor)
    const edges = (['Top', 'Right', 'Bottom', 'Left'] as const).map((side) => ({
      width: style[`border${side}Style`] === 'none' ? 0 : parseFloat(style[`border${side}Width`]),
      ...colour(style[`border${side}Color`]),
    }))
    const w = box.right - box.left,
      h = box.bottom - box.top
    const round = edges.every((edge) => edge.width > 0 && edge.alpha > 0 && edge.fill === edges[0]!.fill)
    if (alpha > 0 || round) {
      shapes.push({
        kind: 'rect',
        x: x(box.left),
        y: y(box.top),
        w,
        h,
        fill: alpha > 0 ? fill : 'none',
        opacity: alpha > 0 ? alpha : edges[0]!.alpha,
        radius: Math.min(parseFloat(style.borderTopLeftRadius) || 0, w / 2, h / 2),
        ...(round && { stroke: edges[0]!.fill }),
      })
    }
    if (round) return
    const lines = [
      `M${x(box.left)} ${y(box.top)}h${w}`,
      `M${x(box.right)} ${y(box.top)}v${h}`,
      `M${x(box.left)} ${y(box.bottom)}h${w}`,
      `M${x(box.left)} ${y(box.top)}v${h}`,
    ]
    edges.forEach((edge, i) => {
      if (edge.width > 0 && edge.alpha > 0) {
        shapes.push({ kind: 'path', d: lines[i]!, stroke: edge.fill, width: edge.width, opacity: edge.alpha })
      }
    })
  }

  const words = (node: Text, style: CSSStyleDeclaration, clip: Box): void => {
    const size = parseFloat(style.fontSize)
    const { fill, alpha } = colour(style.color)
    const range = document.createRange()
    const measure = new OffscreenCanvas(1, 1).getContext('2d')!
    measure.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
    const below = measure.measureText(node.data).fontBoundingBoxDescent
    let line = { text: '', left: 0, bottom: NaN }
    const end = (): void => {
      if (line.text.trim() === '') return
      shapes.push({
        kind: 'text',
        x: x(line.left),
        y: y(line.bottom) - below,
        text: line.text.trimEnd(),
        size,
        fill,
        opacity: alpha,
        mono: /mono/i.test(style.fontFamily),
        weight: Number(style.fontWeight) || 400,
      })
    }
    // letter by letter: a line ends where the next one stands lower
    for (let at = 0; at < node.length;) {
      const letter = String.fromCodePoint(node.data.codePointAt(at)!)
      range.setStart(node, at)
      range.setEnd(node, (at += letter.length))
      const box = range.getBoundingClientRect()
      if (box.width === 0 || isEmpty(cut(box, clip))) continue
      if (Math.abs(box.bottom - line.bottom) < size / 3) line.text += letter
      else {
        end()
        line = { text: letter, left: box.left, bottom: box.bottom }
      }
    }
    end()
  }

  const visit = (element: Element, clip: Box): void => {
    const style = getComputedStyle(element)
    if (style.display === 'none' || style.visibility === 'hidden' || Number(style.opacity) === 0) return
    if (element.matches('input, select, textarea, .visually-hidden')) return
    const box = element.getBoundingClientRect()
    // a canvas is what it was painted with; an icon is a word that is said elsewhere
    if (element instanceof SVGElement) return
    if (element instanceof HTMLElement && element !== root && !isEmpty(cut(box, clip))) ground(style, cut(box, clip))
    if (element instanceof HTMLCanvasElement) {
      if (!isEmpty(cut(box, clip)) && element.width > 0) {
        shapes.push({ kind: 'image', x: x(box.left), y: y(box.top), w: box.width, h: box.height, pixels: element })
      }
      return
    }
    const folded = element instanceof HTMLDetailsElement && !element.open
    const inner = style.overflow === 'visible' ? clip : cut(clip, box)
    for (const node of element.childNodes) {
      if (node instanceof Text) words(node, style, inner)
      else if (node instanceof Element && (!folded || node.matches('summary'))) visit(node, inner)
    }
  }
  visit(root, origin)
  return { width: origin.width, height: origin.height, background, shapes }
}
