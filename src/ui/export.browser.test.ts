// Figures as files: a frame without a fill leaves the picture under it as it is, and what explains a figure goes with
// it.
import { expect, it } from 'vitest'
import { toPng, toSvg, type DrawList } from './export.ts'
import { framed } from './framed.ts'

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
