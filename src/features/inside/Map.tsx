// The map of the pass: one drawing from the whole model down to single numbers, with a button over each part or op that
// is large enough, the way back as a breadcrumb, and its numbers as a table.

import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type MouseEvent, type RefObject } from 'react'
import { useAskLayers } from '../../store/ask.ts'
import type { PlanInfo } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import { Drawing } from '../../ui/Drawing.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { isTaken } from '../../ui/keys.ts'
import { themeColor } from '../../ui/theme-color.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { Crumbs } from './Crumbs.tsx'
import styles from './Map.module.css'
import { useNearVectors, useOpTimes } from './map-data.ts'
import { nearOps, targetsOf } from './map-boxes.ts'
import { mapList, nodeKey, type MapData, type MapWords } from './map-draw.ts'
import { normsOf } from './read.ts'
import { num, useRun } from './run.ts'
import { Table } from './Table.tsx'
import { useCamera } from './useCamera.ts'
import { boxOf, isEnd, type Op, type Outline, type Part } from './outline.ts'
import { useOpName } from './words.ts'
import { useView } from './view.ts'
import {
  cellAt,
  fit,
  gridOf,
  levelOf,
  levels,
  nearCell,
  opNode,
  partNode,
  scaleX,
  toWorld,
  vectorRect,
  wholeOf,
  type Camera,
  type Level,
  type Size,
} from './world.ts'

/** What keys of the panel do to the map. */
export interface MapHandle {
  by(factor: number): void
  closer(step: number): void
}

/**
 * A target's place on screen: at least 24 px high and inside the window, so that none lies over what stands beside the
 * map.
 */
const within = (b: { x: number; y: number; w: number; h: number }, size: { width: number; height: number }) => {
  const left = Math.max(0, b.x),
    top = Math.max(0, Math.min(b.y, size.height - 24))
  return {
    left,
    top,
    width: Math.max(0, Math.min(size.width, b.x + b.w) - left),
    height: Math.max(24, Math.min(size.height, b.y + b.h) - top),
  }
}

/** What there is to say of this model's pass. */
function captionOf({ blocks }: PlanInfo, { parts, sourceLayers }: Outline, t: MapText): string {
  const recurs = parts.some(({ part }) => part === 'cell')
  const branches = blocks.flatMap((block) => block.branches)
  return [
    recurs ? t.recurrent : t.caption,
    ...(sourceLayers > 0 ? [t.stacks] : []),
    ...(parts.some(({ ops }) => ops.some(({ op }) => op === 'closing')) ? [t.closing] : []),
    ...(branches.some(({ breaks, name }) => breaks === 'replaced' && name !== 'cell') ? [t.afresh] : []),
    ...(branches.some(({ writes }) => writes === null) ? [t.parallel] : []),
    t.closer,
  ].join(' ')
}
type MapText = ReturnType<typeof useRun>['t']['map']

export function PassMap({
  go,
  handle,
}: {
  go: (part: Part, layer: number, op?: Op) => void
  handle: RefObject<MapHandle | null>
}) {
  const { info, t, common, layer, position, positionOf, plan, part, op: here, outline, world } = useRun()
  const { cell, set } = useView()
  const opName = useOpName()
  const scheme = useScheme()
  const { layers } = info
  const box = useRef<HTMLDivElement>(null)
  const norms = useAskLayers(
    position < info.kept ? null : `norms ${positionOf(0)} ${positionOf(layers - 1)}`,
    layers,
    layer,
    (glass, l) => normsOf(glass, plan, l, positionOf(l)),
  )
  const node = opNode(world, part, layer, here)

  const blockAt = (y: number): number | undefined => {
    const found = world.blocks.findIndex((b) => y >= b.y && y < b.y + b.h)
    return found < 0 ? undefined : found
  }
  // ---- where one stands
  const near = (size: Size, camera: Camera, at: { x: number; y: number }): void => {
    // having come closer by hand, what is under the pointer is meant
    if (levelOf(camera, size, world, null) === 'model') return
    const p = toWorld(at.x, at.y, camera, size)
    const hit = targetsOf(world, camera, size).find(
      (target) => at.x >= target.x && at.x <= target.x + target.w && at.y >= target.y && at.y <= target.y + target.h,
    )
    if (hit && (hit.part !== part || hit.layer !== layer || (hit.op !== null && hit.op !== here))) {
      byHand.current = true
      go(hit.part, hit.layer, hit.op ?? undefined)
    } else if (!hit && p.y >= 0) {
      const block = blockAt(p.y)
      if (block !== undefined && block !== layer && boxOf(outline, part, block) && !isEnd(part)) {
        byHand.current = true
        go(part, block, here)
      }
    }
  }
  const byHand = useRef(false)
  const { camera, size, to, by, pan, dragged, pointers } = useCamera(box, world, (c, s, at) => near(s, c, at))
  const nearby = size.width > 0 ? nearOps(world, camera, size) : []
  const vectors = useNearVectors(nearby)
  const mine = vectors.get(nodeKey({ part, layer, op: here }))
  const cellSize =
    cell && mine?.[cell.vector]
      ? gridOf(vectorRect(node, node.vectors.indexOf(cell.vector)), mine[cell.vector]!.length).cell
      : null
  const level = levelOf(camera, size, world, cellSize)

  /** a recording may lack some */
  const first = node.vectors.find((name) => mine?.[name]) ?? node.vectors[0] ?? ''
  const rectOf = (which: Level): Camera => {
    if (which === 'model') return wholeOf(world, size)
    if (which === 'block') {
      return fit(isEnd(part) ? partNode(world, part, layer) : world.blocks[layer]!, size)
    }
    const whole = fit(node, size)
    if (which === 'op' || node.vectors.length === 0) return whole
    const vector = cell && node.vectors.includes(cell.vector) ? cell.vector : first
    const n = mine?.[vector]?.length
    if (n === undefined) return whole
    return nearCell(vectorRect(node, node.vectors.indexOf(vector)), n, Math.min(cell?.index ?? 0, n - 1), size)
  }
  const toLevel = (which: Level): void => {
    if (which === 'cell' && !cell && node.vectors.length) set({ cell: { vector: first, index: 0 } })
    if (which !== 'cell' && level === 'cell') set({ cell: null })
    if (which === 'cell') box.current?.focus({ preventScroll: true }) // its arrows walk from number to number
    wish.current = which === 'cell' && !mine
    to(rectOf(which))
  }
  // numbers that were not read yet: the way goes on when they have come
  const wish = useRef(false)
  useEffect(() => {
    if (wish.current && mine && level === 'op') {
      wish.current = false
      to(rectOf('cell'))
    }
  })
  const closer = (step: number): void =>
    toLevel(levels[Math.max(0, Math.min(levels.length - 1, levels.indexOf(level) + step))]!)
  // steps, play and the other panels move the selection: a window that is near goes along
  const place = `${part} ${layer} ${here}`
  const last = useRef(place)
  useEffect(() => {
    if (last.current === place) return
    last.current = place
    if (byHand.current) {
      byHand.current = false
      return
    }
    if (level !== 'model') to(rectOf(level === 'cell' ? 'op' : level))
  })

  const kinds = [...new Set(plan.blocks.flatMap(({ branches }) => branches.map(({ name }) => name)))]
  // a recurrent layer adds nothing: it gives a vector in place of what it read
  const adding = kinds.filter((kind) => kind !== 'cell')
  const times = useOpTimes()
  const words: MapWords = { part: t.part, layer: t.layer, op: opName, vector: t.vectors, time: t.map.time }
  const data: MapData = {
    world,
    norms: norms.last,
    vectors,
    times,
    at: { part, layer, op: here, vector: cell?.vector ?? null, index: cell?.index ?? 0 },
  }
  const list = (camera_: Camera, size_: Size) =>
    mapList(size_, camera_, data, scheme, (name) => themeColor(name, scheme), words)

  /** A press chooses; on what is chosen already it goes closer. */
  const press = (event: MouseEvent): void => {
    if (dragged.current) {
      dragged.current = false
      return
    }
    const rect = box.current!.getBoundingClientRect(),
      x = event.clientX - rect.left,
      y = event.clientY - rect.top
    const p = toWorld(x, y, camera, size)
    if (event.detail > 0) {
      for (const n of nearby) {
        for (const [nth, name] of n.vectors.entries()) {
          const values = vectors.get(nodeKey(n))?.[name],
            r = vectorRect(n, nth)
          const i =
            values && gridOf(r, values.length).cell * scaleX(camera, size) >= 6
              ? cellAt(r, values.length, p.x, p.y)
              : null
          if (i === null || p.x > r.x + r.w) continue
          if (n.part !== part || n.layer !== layer || n.op !== here) {
            byHand.current = true
            go(n.part, n.layer, n.op)
          }
          if (cell?.vector === name && cell.index === i && level !== 'cell' && n === node) closer(1)
          set({ cell: { vector: name, index: i }, element: i })
          return
        }
      }
    }
    const target = (event.target as Element).closest<HTMLElement>('button[data-part]')
    if (target) {
      const [p_, l, o] = [
        target.dataset['part'] as Part,
        Number(target.dataset['layer']),
        target.dataset['op'] as Op | undefined,
      ]
      const same = p_ === part && (l === layer || isEnd(p_)) && (o === undefined || o === here)
      if (same && target.getAttribute('aria-pressed') === 'true') closer(1)
      else {
        byHand.current = level === 'op'
        go(p_, l, o)
        if (level === 'op') byHand.current = false
      }
      return
    }
    const l = blockAt(p.y)
    if (l !== undefined && l !== layer) go(p.x > 0 ? 'mlp' : 'attn', l)
    else if (l !== undefined && level === 'model') closer(1)
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const onButton = (event.target as Element).closest('button') !== null
    const arrows: Record<string, [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    }
    const arrow = arrows[event.key]
    if (arrow && level === 'cell' && cell && mine?.[cell.vector]) {
      const n = mine[cell.vector]!.length,
        rect = vectorRect(node, node.vectors.indexOf(cell.vector)),
        next = cell.index + arrow[0] + arrow[1] * gridOf(rect, n).cols
      if (next >= 0 && next < n) {
        set({ cell: { ...cell, index: next }, element: next })
        to(nearCell(rect, n, next, size))
      }
    } else if (arrow && !onButton) pan(-arrow[0] * 60, -arrow[1] * 60)
    else if (event.key === 'Enter' && !onButton) closer(1)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  // before the browser paints: a key pressed on what is seen must act on what is seen
  useLayoutEffect(() => {
    handle.current = { by, closer }
  })
  // Enter from anywhere on the panel, where it presses nothing: as a key of the panel it would keep buttons from
  // working
  useEffect(() => {
    const onWindow = (event: globalThis.KeyboardEvent) => {
      if (
        event.key !== 'Enter' ||
        isTaken(event) ||
        (event.target instanceof Element && event.target.closest('button, a, summary, input, [tabindex="0"]'))
      ) {
        return
      }
      event.preventDefault()
      handle.current?.closer(1)
    }
    addEventListener('keydown', onWindow)
    return () => removeEventListener('keydown', onWindow)
  }, [handle])

  const nameOf = (p: Part, l: number, o: Op | null) => {
    const n = norms.layers[l],
      own = n?.parts.find((one) => one.part === p),
      name = isEnd(p) ? t.part[p] : `${t.layer(l)} ${t.part[p]}`
    if (o) return `${name}: ${opName(opNode(world, p, l, o).box)}`
    if (n && (p === 'embed' || p === 'source')) return t.map.plain(name, num(n.start))
    if (!own) return name
    return own.added === null ? t.map.plain(name, num(own.after)) : t.map.open(name, num(own.added))
  }
  return (
    <Figure
      title={t.map.title}
      words={common.figure}
      source={info.source}
      caption={captionOf(plan, outline, t.map)}
      testId="inside-map"
      className={styles.figure}
      tools={
        <>
          <Button variant="quiet" label={t.map.zoomOut} onClick={() => by(1 / 1.6)}>
            −
          </Button>
          <Button variant="quiet" label={t.map.zoomIn} onClick={() => by(1.6)} data-testid="map-in">
            +
          </Button>
        </>
      }
      files={
        norms.complete
          ? {
              name: `inside-map-${position}`,
              of: common.strip.token(position),
              drawing: () => list(camera, size),
              numbers: () => ({ model: info.model, position, norms: norms.layers }),
              array: () => ({
                shape: [layers, 1 + 2 * kinds.length],
                data: Float32Array.from(
                  norms.layers.flatMap((n) => [
                    n!.start,
                    ...kinds.flatMap((kind) => {
                      const one = n!.parts.find((p) => p.part === kind)
                      return [one?.added ?? NaN, one?.after ?? NaN]
                    }),
                  ]),
                ),
              }),
            }
          : undefined
      }
    >
      <Crumbs level={level} to={toLevel} />
      <div
        className={styles.map}
        ref={box}
        data-complete={norms.complete}
        data-level={level}
        data-testid="map-window"
        tabIndex={0}
        role="group"
        aria-label={t.map.window}
        {...pointers}
        onClick={press}
        onKeyDown={onKey}
        style={{ touchAction: level === 'model' ? 'pan-y' : 'none' }}
      >
        <Drawing draw={(w) => list(camera, { ...size, width: w })} label={t.map.label} enlarge={false} />
        {size.width > 0 &&
          targetsOf(world, camera, size)
            .filter((b) => b.h >= 24 || layers <= 8)
            .map((b) => (
              <button
                key={`${b.part} ${b.layer} ${b.op}`}
                type="button"
                data-part={b.part}
                data-layer={b.layer}
                data-op={b.op ?? undefined}
                aria-label={nameOf(b.part, b.layer, b.op)}
                aria-pressed={
                  b.part === part && (b.layer === layer || isEnd(b.part)) && (b.op === null || b.op === here)
                }
                style={within(b, size)}
              />
            ))}
      </div>
      <Table
        name={t.map.table}
        head={[t.map.where, ...adding.map((kind) => t.part[kind]), adding.length > 0 ? t.map.sum : t.map.given]}
        rows={() =>
          norms.layers.map((n, l) => [
            <Button key={l} variant="quiet" onClick={() => go(plan.blocks[l]!.branches[0]!.name, l)}>
              {t.layer(l)}
            </Button>,
            ...adding.map((kind) => {
              const added = n?.parts.find((p) => p.part === kind)?.added
              return added === undefined || added === null ? '–' : num(added)
            }),
            n ? num(n.parts.at(-1)!.after) : '–',
          ])
        }
        testId="map-table"
      />
    </Figure>
  )
}
