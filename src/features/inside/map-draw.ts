// The map as shapes: a spine from the embedding (bottom) to the logits (top); attention leaves it to the left, the MLP
// to the right, and both come back at a ⊕. Widths are lengths of vectors on one scale. The nearer, the more is drawn:
// loops, then named parts, then ops, then their vectors, then the numbers themselves.

import { colorAt, inkOn, roles, signedScale, type Scheme } from '../../ui/colors.ts'
import type { DrawList, Shape } from '../../ui/export.ts'
import { seen, targetsOf, vectorsFrom, type Target } from './map-boxes.ts'
import type { Norms } from './read.ts'
import { num } from './run.ts'
import { bounds, pixelsOf } from './strip-draw.ts'
import type { Vectors } from './vectors.ts'
import { isEnd, isOnSpine, type Op, type OpBox, type Part } from './outline.ts'
import {
  cellRect,
  gridOf,
  joinOf,
  opNode,
  readable,
  scaleX,
  toPixels,
  toX,
  toY,
  vectorRect,
  type Camera,
  type PartNode,
  type Rect,
  type Size,
  type World,
} from './world.ts'

export interface Picked {
  part: Part
  layer: number
  op: Op
  vector: string | null
  index: number
}
export interface MapData {
  world: World
  norms: readonly (Norms | null)[]
  vectors: ReadonlyMap<string, Vectors>
  /** microseconds of an op of a layer, where the steps were timed */
  times: ReadonlyMap<string, number> | null
  at: Picked
}
export interface MapWords {
  part: Record<Part, string>
  layer: (n: number) => string
  op: (box: OpBox) => string
  vector: Record<string, string>
  time: (microseconds: number) => string
}
export const nodeKey = ({ part, layer, op }: { part: Part; layer: number; op: Op }): string => `${part} ${layer} ${op}`

/** Pixels of the longest vector's line, at the zoom where the whole map is seen. */
const widest = 20

/** A vector is painted once, not at every step of a zoom. */
const painted = new WeakMap<Float32Array, Map<string, OffscreenCanvas>>()
function remembered(values: Float32Array, cols: number, scheme: Scheme): OffscreenCanvas {
  const known = painted.get(values) ?? new Map<string, OffscreenCanvas>()
  painted.set(values, known)
  const key = `${cols} ${scheme}`,
    pixels = known.get(key) ?? pixelsOf(values, cols, bounds(values), scheme)
  known.set(key, pixels)
  return pixels
}

/** As many digits as a cell holds. */
const digits = (v: number, max: number): string =>
  (v !== 0 && (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e4) ? v.toExponential(1) : String(Number(v.toPrecision(max))))
    .replace('-', '−')
    .replace('e-', 'e−')

/** What a branch adds and what is there behind it. */
const ofPart = (norms: readonly (Norms | null)[], part: Part, layer: number): Norms['parts'][number] | undefined =>
  norms[layer]?.parts.find((one) => one.part === part)

const roleOf = (part: Part): string =>
  part === 'attn' || part === 'cross' ? roles.attention : part === 'mlp' ? roles.mlp : '--line-strong'

export function mapList(
  size: Size,
  camera: Camera,
  { world, norms, vectors, times, at }: MapData,
  scheme: Scheme,
  paint: (name: string) => string,
  words: MapWords,
): DrawList {
  const shapes: Shape[] = []
  const largest = Math.max(
    1e-9,
    ...norms.flatMap((n) => (n ? [n.start, ...n.parts.flatMap(({ added, after }) => [added ?? 0, after])] : [])),
  )
  const grown = Math.min(2.5, scaleX(camera, size) / (size.width / 400))
  // one scale for all: where loops are low, the widest of them still has to fit into its height
  const loops = world.parts.filter(({ part }) => !isOnSpine(part))
  const room = Math.min(
    ...loops.map(
      ({ part, layer, h }) =>
        (h * camera.scale * 0.8 * largest) / Math.max(1e-9, ofPart(norms, part, layer)?.added ?? 0),
    ),
  )
  const broad = Math.max(4, Math.min(widest * grown, room))
  const thick = (norm: number | undefined): number => (norm === undefined ? 1 : Math.max(0.8, (broad * norm) / largest))
  const line = (d: string, stroke: string, width: number): void => {
    shapes.push({ kind: 'path', d, stroke: paint(stroke), width })
  }
  const text = (
    x: number,
    y: number,
    content: string,
    fill: string,
    fontSize: number,
    anchor: 'start' | 'middle' | 'end' = 'start',
    more: { mono?: boolean; weight?: number } = {},
  ): void => {
    shapes.push({ kind: 'text', x, y, text: content, size: fontSize, fill: paint(fill), anchor, ...more })
  }
  const x0 = toX(0, camera, size)
  const visible = (y1: number, y2: number): boolean => Math.max(y1, y2) > -60 && Math.min(y1, y2) < size.height + 60
  const spine = (from: number, to: number, norm: number | undefined): void => {
    const [a, b] = [Math.min(size.height + 60, toY(from, camera, size)), Math.max(-60, toY(to, camera, size))]
    if (visible(a, b) && a > b) line(`M${x0} ${a}V${b}`, '--line-strong', thick(norm))
  }
  // the residual, from part to part; it begins anew at every embedding
  const middle = (node: PartNode): number => node.y + node.h / 2
  world.parts.forEach((node, i) => {
    const next = world.parts[i + 1],
      previous = world.parts[i - 1]
    const n = norms[node.layer]
    // what lies on the residual covers it: the line changes within
    const leave = isOnSpine(node.part) ? middle(node) : joinOf(node)
    if (!isOnSpine(node.part)) {
      const first = previous === undefined || previous.layer !== node.layer || isEnd(previous.part)
      const length = first ? n?.start : ofPart(norms, previous.part, node.layer)?.after
      spine(first ? node.y + node.h : joinOf(previous), leave, length)
    }
    if (!next || next.part === 'embed') return
    const begins = node.part === 'embed' || node.part === 'source'
    spine(
      leave,
      isOnSpine(next.part) ? middle(next) : next.y + next.h,
      begins ? n?.start : ofPart(norms, node.part, node.layer)?.after,
    )
  })
  fromSource()
  // a ⊕ lies over the arms of its own part and of the next, which begins right beside it
  const joins: Shape[] = []
  world.blocks.forEach((block, layer) => {
    const n = norms[layer],
      bottom = block.y + block.h
    if (!visible(toY(bottom, camera, size), toY(block.y, camera, size))) return
    const tall = block.h * camera.scale
    for (const [nth, node] of world.parts.filter((p) => p.layer === layer && !isEnd(p.part)).entries()) {
      const { part } = node
      if (isOnSpine(part)) continue
      const side = part === 'mlp' ? 1 : -1,
        role = roleOf(part)
      const out = toX(node.x + node.w / 2, camera, size),
        low = toY(node.y + node.h - 2, camera, size),
        join = toY(joinOf(node), camera, size)
      const enters = nth === 0 ? n?.start : n?.parts[nth - 1]?.after
      const r = Math.min(8, (low - join) / 3),
        near = x0 + side * Math.min(18, thick(enters) / 2)
      line(
        `M${x0} ${low}H${out - side * r}Q${out} ${low} ${out} ${low - r}V${join + r}Q${out} ${join} ${out - side * r} ${join}H${near}`,
        role,
        thick(n?.parts[nth]?.added ?? undefined),
      )
      const dot = tall > 70 ? 7 : tall > 26 ? 3.5 : 0
      if (dot) {
        joins.push({
          kind: 'rect',
          x: x0 - dot,
          y: join - dot,
          w: 2 * dot,
          h: 2 * dot,
          radius: dot,
          fill: paint('--surface'),
          stroke: paint(role),
        })
      }
      if (dot === 7) {
        joins.push({ kind: 'path', d: `M${x0 - 4} ${join}h8M${x0} ${join - 4}v8`, stroke: paint('--ink'), width: 1.3 })
      }
      const sum = n?.parts[nth]?.after
      if (tall > 90 && sum !== undefined) {
        text(x0 - side * (broad / 2 + 9), join + 13, num(sum), '--ink-soft', 10, side < 0 ? 'start' : 'end', {
          mono: true,
        })
      }
    }
    const every = Math.max(1, Math.ceil(15 / tall))
    if (tall < 60 && (layer % every === 0 || layer === at.layer)) {
      text(
        size.width - 6,
        toY(block.y + block.h / 2, camera, size) + 4,
        words.layer(layer),
        layer === at.layer ? '--accent' : '--ink-faint',
        10.5,
        'end',
        { weight: layer === at.layer ? 700 : 400 },
      )
    }
    if (layer === at.layer && tall < 60) {
      shapes.push({
        kind: 'rect',
        x: 2,
        y: toY(block.y, camera, size),
        w: size.width - 4,
        h: tall,
        radius: 3,
        fill: paint('--accent'),
        opacity: 0.13,
      })
    }
  })

  shapes.push(...joins)
  for (const target of targetsOf(world, camera, size)) {
    const here = target.part === at.part && (target.layer === at.layer || isEnd(target.part))
    if (target.op === null) {
      if (target.h < 11) continue
      const n = norms[target.layer],
        own = ofPart(norms, target.part, target.layer),
        begins = target.part === 'embed' || target.part === 'source'
      const norm = begins ? n?.start : (own?.added ?? own?.after)
      const role = roleOf(target.part)
      shapes.push({
        kind: 'rect',
        x: target.x,
        y: target.y,
        w: target.w,
        h: target.h,
        radius: 6,
        fill: paint(here ? '--accent-wash' : '--surface'),
        stroke: paint(here ? '--accent' : role),
      })
      const name = isEnd(target.part)
        ? words.part[target.part]
        : `${words.layer(target.layer)} ${words.part[target.part]}`
      const middle = target.x + target.w / 2,
        two = norm !== undefined && target.h >= 27
      if (target.h >= 15) {
        text(
          middle,
          target.y + target.h / 2 + (two ? -1.5 : 4),
          name,
          '--ink',
          Math.min(two && target.h < 32 ? 11 : 12, target.h - 5),
          'middle',
          { weight: here ? 600 : 400 },
        )
      }
      const spent =
        times &&
        [...times].reduce((sum, [key, us]) => sum + (key.startsWith(`${target.part} ${target.layer} `) ? us : 0), 0)
      if (two) {
        text(
          middle,
          target.y + target.h / 2 + 10.5,
          `‖${begins || isOnSpine(target.part) ? 'x' : 'Δ'}‖ ${num(norm)}${spent ? ` · ${words.time(spent)}` : ''}`,
          '--ink-soft',
          10,
          'middle',
          { mono: true },
        )
      }
    } else drawOp(target as Target & { op: Op }, here && target.op === at.op)
  }
  return { width: size.width, height: size.height, background: paint('--surface'), shapes }

  function drawOp(target: Target & { op: Op }, here: boolean): void {
    const role = roleOf(target.part)
    shapes.push({
      kind: 'rect',
      x: target.x,
      y: target.y,
      w: target.w,
      h: target.h,
      radius: 6,
      fill: paint(here ? '--accent-wash' : '--surface'),
      stroke: paint(here ? '--accent' : role),
    })
    const us = times?.get(nodeKey(target))
    const found = vectors.get(nodeKey(target)),
      node = opNode(world, target.part, target.layer, target.op)
    const shown = target.h >= vectorsFrom && found
    const up = Math.max(13, Math.min(20, 12 * camera.scale)),
      titleY = shown ? target.y + up : target.y + target.h / 2 + 4
    if (target.h >= 15) {
      text(target.x + 8, titleY, words.op(node.box), '--ink', 12, 'start', { weight: here ? 650 : 500 })
      if (us !== undefined) {
        text(target.x + target.w - 8, titleY, words.time(us), '--ink-soft', 10, 'end', { mono: true })
      }
    }
    if (!shown) return
    node.vectors.forEach((name, nth) => {
      const values = found[name]
      if (!values) return
      const rect = vectorRect(node, nth),
        px = toPixels(rect, camera, size)
      if (!seen(px, size)) return
      const { cols, rows, cell } = gridOf(rect, values.length),
        sx = scaleX(camera, size)
      const room = 8 * camera.scale
      if (room >= 9) {
        text(
          px.x,
          px.y - 3,
          `${words.vector[name] ?? name}  ±${num(bounds(values))}`,
          '--ink-soft',
          Math.min(12, room - 1),
          'start',
        )
      }
      shapes.push({
        kind: 'image',
        x: px.x,
        y: px.y,
        w: cols * cell * sx,
        h: rows * cell * camera.scale,
        pixels: remembered(values, cols, scheme),
      })
      if (cell * sx >= readable * 0.8) drawNumbers(values, rect, cols, cell * sx)
      if (here && at.vector === name && at.index < values.length) {
        const c = toPixels(cellRect(rect, values.length, at.index), camera, size)
        line(`M${c.x} ${c.y}h${c.w}v${c.h}h${-c.w}z`, '--ink', 2)
      }
    })
  }

  /** What the encoder read is read by every cross-attention: a line beside the map, from its last norm up. */
  function fromSource(): void {
    const crosses = world.parts.filter(({ part }) => part === 'cross')
    const top = world.parts[world.parts.findIndex(({ part }) => part === 'embed') - 1]
    if (crosses.length === 0 || !top) return
    const beside = toX(-198, camera, size),
      start = toY(top.y + 4, camera, size) - 6
    const into = crosses.map(
      (node) => `M${beside} ${toY(node.y + node.h / 2, camera, size)}H${toX(node.x, camera, size)}`,
    )
    const highest = toY(Math.min(...crosses.map((node) => node.y + node.h / 2)), camera, size)
    line(`M${x0} ${start}H${beside}V${highest}${into.join('')}`, roles.attention, 1.4)
  }

  /** Only the cells in the window get their number. */
  function drawNumbers(values: Float32Array, rect: Rect, cols: number, cell: number): void {
    const px = toPixels(rect, camera, size),
      rows = Math.ceil(values.length / cols),
      scale = signedScale(bounds(values) || 1, scheme)
    const c0 = Math.max(0, Math.floor(-px.x / cell)),
      c1 = Math.min(cols, Math.ceil((size.width - px.x) / cell)),
      r0 = Math.max(0, Math.floor(-px.y / cell)),
      r1 = Math.min(rows, Math.ceil((size.height - px.y) / cell))
    for (let r = r0; r < r1; r++) {
      for (let c = c0; c < c1; c++) {
        const i = r * cols + c,
          v = values[i]
        if (v === undefined) continue
        const [x, y] = [px.x + c * cell, px.y + r * cell]
        shapes.push({
          kind: 'rect',
          x: x + 2,
          y: y + cell / 2 - 9,
          w: cell - 4,
          h: 18,
          radius: 3,
          fill: paint('--surface'),
          opacity: 0.86,
        })
        text(
          x + cell / 2,
          y + cell / 2 + 4,
          Number.isNaN(v) ? '–' : digits(v, cell < 58 ? 2 : cell < 80 ? 3 : 4),
          '--ink',
          Math.min(13, cell / 4.9),
          'middle',
          { mono: true },
        )
        if (cell > 54) {
          shapes.push({
            kind: 'text',
            x: x + 4,
            y: y + 11,
            text: String(i),
            size: 9,
            fill: inkOn(colorAt(scale, v) ?? [128, 128, 128]),
            opacity: 0.8,
          })
        }
      }
    }
  }
}
