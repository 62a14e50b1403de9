// Figures as files: a frame without a fill leaves the picture under it as it is, and what explains a figure goes with
// it.
import { expect, it } from 'vitest'
import { toPng, toSvg, type DrawList } from './export.ts'
import { drawnElement } from './drawn.ts'
import { framed, onSlide } from './framed.ts'

const list: DrawList = {
  width: 100,
  height: 60,
  background: 'rgb(255 255 255)',
  shapes: [
    { kind: 'rect', x: 0, y: 0, w: 100, h: 60, fill: 'rgb(200 0 0)' },
    { kind: 'rect', x: 5, y: 5, w: 90, h: 50, fill: 'none', stroke: 'rgb(0 0 200)' },
    { kind: 'path', d: 'M10 10H90V50Z', stroke: 'rgb(0 0 200)', width: 1, fill: 'none' },
  ],
}
async function pixel(png: Blob, x: number, y: number): Promise<number[]> {
  const bitmap = await createImageBitmap(png)
  const ctx = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!
  ctx.drawImage(bitmap, 0, 0)
  return [...ctx.getImageData(x, y, 1, 1).data]
}

it('a rectangle or path without a fill covers nothing', async () => {
  const shapes = [{ kind: 'rect', x: 0, y: 0, w: 1, h: 1, fill: 'rgb(255 255 255)' } as const, ...list.shapes]
  expect(await pixel(await toPng({ ...list, shapes }, 1), 60, 25)).toEqual([200, 0, 0, 255])
})

it('title, model, legend and caption go along, around the same figure', async () => {
  const whole = framed(
    list,
    {
      title: 'Layer 1, head 2',
      lines: ['storyteller'],
      caption: '这一行说明看到了什么，而且长得一行写不下，要在字与字之间换行。'.repeat(3),
      legends: [
        {
          label: 'weight',
          min: '0',
          max: '1',
          stops: ['rgb(255 255 255)', 'rgb(0 0 90)'],
          absent: 'no look',
          absentFill: 'rgb(1 2 3)',
        },
      ],
    },
    { ink: 'rgb(0 0 0)', soft: 'rgb(90 90 90)' },
  )
  expect(whole.height).toBeGreaterThan(list.height + 80)
  const svg = await toSvg(whole)
  for (const text of ['Layer 1, head 2', 'storyteller', 'weight', 'no look']) expect(svg).toContain(`>${text}</text>`)
  expect(
    whole.shapes.find((shape) => shape.kind === 'rect' && shape.fill === 'rgb(1 2 3)'),
    'what absent cells look like stands beside the word',
  ).toBeDefined()
  expect(svg.match(/这一行/g)!.length).toBeGreaterThan(1)
  expect(svg).toContain('<g transform="translate(16 ')
  const group = whole.shapes.find((shape) => shape.kind === 'group')!
  expect(await pixel(await toPng(whole, 1), 16 + 60, group.y + 25)).toEqual([200, 0, 0, 255])
  // every line inside the picture
  for (const shape of whole.shapes) if (shape.kind === 'text') expect(shape.y).toBeLessThan(whole.height)
})

it('on a slide the same figure is as large as its words leave room for, and all of them are on it', async () => {
  const about = {
    title: 'Layer 1, head 2',
    lines: ['storyteller'],
    caption: 'Every row is one token. '.repeat(12),
    legends: [{ label: 'weight', min: '0', max: '1', stops: ['rgb(255 255 255)', 'rgb(0 0 90)'] }],
  }
  for (const size of [
    { width: 100, height: 60 },
    { width: 900, height: 40 },
    { width: 200, height: 3000 },
  ]) {
    const slide = onSlide({ ...list, ...size }, about, { ink: 'rgb(0 0 0)', soft: 'rgb(90 90 90)' })
    expect([slide.width, slide.height]).toEqual([1600, 900])
    const [figure, below] = slide.shapes.filter((shape) => shape.kind === 'group')
    const [w, h] = [size.width * figure!.scale!, size.height * figure!.scale!]
    expect(figure!.x).toBeGreaterThanOrEqual(47)
    expect(figure!.x + w).toBeLessThanOrEqual(1553)
    // above the words, or beside them
    expect(figure!.y + h <= below!.y || (figure!.x >= 516 && figure!.y + h <= 877)).toBe(true)
    const texts = below!.shapes.filter((shape) => shape.kind === 'text')
    expect(Math.max(...texts.map(({ y }) => y)) + below!.y).toBeLessThan(890)
    expect(await toSvg(slide)).toContain(`scale(${Math.round(figure!.scale! * 100) / 100})`)
  }
})

it('a table on the page is drawn as it stands: its words, grounds and frames, not its fields', async () => {
  const root = document.createElement('div')
  root.style.cssText =
    'position: absolute; left: 7px; top: 9px; width: 300px; font: 20px sans-serif; color: rgb(0 0 80)'
  const ground = document.createElement('p')
  ground.style.cssText =
    'margin: 0; width: 120px; height: 40px; background: oklch(0.6 0.2 25); border: 2px solid rgb(0 90 0)'
  ground.textContent = '在 <b> the'
  const scrolled = document.createElement('div')
  scrolled.style.cssText = 'height: 30px; overflow: auto'
  for (const text of ['near', 'far']) {
    const line = document.createElement('div')
    line.style.height = '60px'
    line.textContent = text
    scrolled.append(line)
  }
  const field = document.createElement('input')
  field.value = 'typed'
  const hidden = document.createElement('span')
  hidden.className = 'visually-hidden'
  hidden.textContent = 'spoken'
  root.append(ground, scrolled, field, hidden)
  document.body.append(root)
  const list_ = drawnElement(root, 'rgb(255 255 255)')
  root.remove()
  const texts = list_.shapes.filter((shape) => shape.kind === 'text')
  expect(texts.map(({ text }) => text)).toEqual(['在 <b> the', 'near'])
  expect(texts[0]).toMatchObject({ x: 2, size: 20, fill: 'rgb(0 0 80)' })
  expect(texts[0]!.y).toBeGreaterThan(15)
  expect(texts[0]!.y).toBeLessThan(32)
  expect(list_.shapes[0]).toMatchObject({ kind: 'rect', x: 0, y: 0, w: 124, h: 44, stroke: 'rgb(0 90 0)' })
  expect(await toSvg(list_)).toContain('&#60;b&#62;')
})
