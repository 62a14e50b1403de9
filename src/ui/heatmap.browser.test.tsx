// A heatmap of 2000 x 2000 cells in a real browser: it asks only for what is on screen, walks by keys, and a pan
// costs far less than a frame's worth of cells.
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lut, type ColorScale } from './colors.ts'
import { Heatmap, type HeatCell, type HeatTile, type TileRequest } from './Heatmap.tsx'

const size = 2000
const value = (row: number, col: number): number => (col > row ? NaN : ((row * 31 + col * 17) % 97) / 97)
const words = {
  keys: 'keys',
  zoomIn: 'in',
  zoomOut: 'out',
  all: 'all',
  table: 'table',
  picture: 'picture',
  absent: 'absent',
  column: 'column',
  value: 'value',
  row: 'row',
  more: (n: number) => `${n} more`,
}
const scale: ColorScale = { lut: lut('attention', 'light'), min: 0, max: 1 }

let root: Root, host: HTMLElement
let requests: TileRequest[] = [],
  hovered: (HeatCell | null)[] = [],
  locks: HeatCell[] = []
let tile: HeatTile | null = null

/** Answers as the engine would: the largest of every pool. */
function answer({ rows, cols, maxRows, maxCols }: TileRequest): HeatTile {
  const pr = Math.ceil((rows.to - rows.from) / maxRows),
    pc = Math.ceil((cols.to - cols.from) / maxCols)
  const height = Math.ceil((rows.to - rows.from) / pr),
    width = Math.ceil((cols.to - cols.from) / pc)
  const values = new Float32Array(height * width)
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) values[r * width + c] = value(rows.from + r * pr, cols.from + c * pc)
  }
  return { rows, cols, height, width, values }
}
const draw = (): void => {
  act(() =>
    root.render(
      <Heatmap
        rows={size}
        cols={size}
        tile={tile}
        scale={scale}
        words={words}
        label="test"
        rowLabel={(r) => `r${r}`}
        colLabel={(c) => `c${c}`}
        rowTitle="rows"
        colTitle="cols"
        format={(v) => v.toFixed(3)}
        testId="map"
        onViewport={(request) => requests.push(request)}
        onHover={(cell) => hovered.push(cell)}
        onLock={(cell) => locks.push(cell)}
      />,
    ),
  )
}
const settle = () =>
  act(async () => {
    tile = answer(requests.at(-1)!)
    draw()
    await new Promise((done) => {
      requestAnimationFrame(done)
    })
  })
const picture = () => host.querySelector<HTMLElement>('[role=application]')!
const press = (key: string): void => {
  act(() => {
    picture().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  })
}

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  host = document.createElement('div')
  host.style.width = '600px'
  document.body.append(host)
  root = createRoot(host)
  requests = []
  hovered = []
  locks = []
  tile = null
  draw()
})
afterEach(() => {
  act(() => root.unmount())
  host.remove()
})

test('asks for everything in as many samples as pixels, and for less when zoomed', async () => {
  await settle()
  expect(requests.at(-1)).toMatchObject({ rows: { from: 0, to: size }, cols: { from: 0, to: size } })
  expect(requests.at(-1)!.maxRows).toBeLessThanOrEqual(600)
  for (let i = 0; i < 8; i++) press('+')
  const { rows, cols } = requests.at(-1)!
  expect((rows.to - rows.from) * (cols.to - cols.from)).toBeLessThan(200 * 200)
  press('0')
  expect(requests.at(-1)).toMatchObject({ rows: { from: 0, to: size } })
})

test('the cursor walks by keys, stays in sight, says values, locks', async () => {
  await settle()
  for (let i = 0; i < 8; i++) press('+')
  await settle()
  for (let i = 0; i < 12; i++) press('ArrowDown')
  await settle()
  const cell = hovered.at(-1)!
  expect(cell.value).toBeCloseTo(value(cell.row, cell.col), 6)
  const { rows } = requests.at(-1)!
  expect(cell.row >= rows.from && cell.row < rows.to).toBe(true)
  press('Enter')
  expect(locks).toEqual([cell])
  press('ArrowRight')
  expect(host.querySelector('[aria-live]')!.textContent).toContain(`c${cell.col + 1}`)
})

test('sixty pans of a zoomed million-cell picture stay within a frame each', async () => {
  await settle()
  for (let i = 0; i < 5; i++) press('+')
  await settle()
  const box = picture().getBoundingClientRect()
  const pointer = (type: string, x: number, y: number): void => {
    act(() => {
      picture().dispatchEvent(
        new PointerEvent(type, {
          pointerId: 1,
          clientX: box.left + x,
          clientY: box.top + y,
          button: 0,
          bubbles: true,
          isPrimary: true,
        }),
      )
    })
  }
  picture().setPointerCapture = () => undefined // no real pointer is down
  const before = requests.length
  pointer('pointerdown', 300, 300)
  let each = Infinity // of the best of six runs: a busy machine must not decide
  for (let run = 0; run < 6; run++) {
    const from = performance.now()
    for (let i = 1; i <= 10; i++) pointer('pointermove', 300 - (run * 10 + i) * 3, 300 - (run * 10 + i) * 3)
    each = Math.min(each, (performance.now() - from) / 10)
  }
  pointer('pointerup', 120, 120)
  expect(requests.length).toBeGreaterThan(before)
  expect(requests.length, 'far fewer tiles than pans').toBeLessThan(before + 20)
  expect(each, `${each.toFixed(2)} ms per pan`).toBeLessThan(16.7)
  expect(locks, 'a drag is no click').toEqual([])
})

test('the focused row is a table', async () => {
  await settle()
  const toggle = [...host.querySelectorAll('button')].find((b) => b.getAttribute('aria-label') === 'table')!
  act(() => toggle.click())
  expect(host.querySelector('caption')!.textContent).toContain(`r${size - 1}`)
  expect(host.querySelectorAll('tbody tr').length).toBeLessThanOrEqual(200)
  expect(host.textContent).toContain('more')
})

test('the coarse picture fills what the tile does not cover, and a pooled value is not said to be one cell’s', async () => {
  const all = { from: 0, to: 9 }
  // nine cells in fours: the last sample stands for one cell
  const coarse: HeatTile = {
    rows: all,
    cols: all,
    height: 3,
    width: 3,
    pool: [4, 4],
    values: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
  }
  const part: HeatTile = {
    rows: { from: 0, to: 4 },
    cols: { from: 0, to: 4 },
    height: 2,
    width: 2,
    pool: [2, 2],
    values: Float32Array.of(0.5, NaN, NaN, 0.5),
  }
  act(() =>
    root.render(
      <Heatmap
        rows={9}
        cols={9}
        tile={part}
        coarse={coarse}
        single={{ row: 1, col: 1, value: 0.25 }}
        scale={{ ...scale, curve: 'linear' }}
        words={words}
        label="test"
        hatch={false}
        rowLabel={String}
        colLabel={String}
        rowTitle="rows"
        colTitle="cols"
        format={(v) => v.toFixed(3)}
        onHover={(cell) => hovered.push(cell)}
      />,
    ),
  )
  await act(async () => {
    await new Promise((done) => {
      requestAnimationFrame(done)
    })
  })
  const [x, y, w, h] = picture().dataset['plot']!.split(' ').map(Number) as [number, number, number, number]
  const canvas = host.querySelector('canvas')!
  const ratio = canvas.width / picture().clientWidth
  const alpha = (row: number, col: number): number =>
    canvas
      .getContext('2d')!
      .getImageData(
        Math.round((x + ((col + 0.5) * w) / 9) * ratio),
        Math.round((y + ((row + 0.5) * h) / 9) * ratio),
        1,
        1,
      ).data[3]!
  const colour = (row: number, col: number): string =>
    canvas
      .getContext('2d')!
      .getImageData(
        Math.round((x + ((col + 0.5) * w) / 9) * ratio),
        Math.round((y + ((row + 0.5) * h) / 9) * ratio),
        1,
        1,
      )
      .data.slice(0, 3)
      .join()
  expect([alpha(0, 3), alpha(5, 5), alpha(8, 8)], 'an absent cell of the tile hides the coarse picture').toEqual([
    0, 255, 255,
  ])
  expect(colour(8, 8), 'samples lie on their own cells').toBe(colour(5, 5))
  expect(colour(8, 7)).not.toBe(colour(8, 8))
  for (let i = 0; i < 9; i++) press('ArrowUp')
  expect(hovered.at(-1)).toMatchObject({ row: 0, col: 0, value: 0.5, pooled: true })
  press('ArrowDown')
  press('ArrowRight')
  expect(hovered.at(-1)).toMatchObject({ row: 1, col: 1, value: 0.25, pooled: false })
})
