// The bookkeeping between answers, on a runtime that only counts: what is kept of the cache, what is read again, and
// which samples still say something of the text.

import { expect, test } from 'vitest'
import { DecodingContext } from './context.ts'
import type { Runtime, TurnedFor } from './runtime/runtime.ts'
import type { SampleEntry } from './sampler/sample-log.ts'

function counting(context = 100) {
  const runs: { ids: readonly number[]; turnedFor: TurnedFor | undefined }[] = []
  const runtime = {
    plan: { programs: { decode: { tokens: 'body', rows: 'head' } } },
    prefix: 0,
    beginText: () => undefined,
    context,
    length: 0,
    chunk: 2,
    forward(ids: readonly number[], _: unknown, turnedFor?: TurnedFor) {
      runs.push({ ids, turnedFor })
      this.length += ids.length
      return Promise.resolve([Float32Array.of(this.length)])
    },
    reusable: (count: number) => count,
    truncate(length: number) {
      this.length = Math.min(this.length, length)
    },
  }
  const c = new DecodingContext({ name: '', planText: '', runtime: runtime as unknown as Runtime } as never)
  const read = async (ids: readonly number[]): Promise<number[]> => {
    const told: number[] = []
    for await (const done of c.read(ids, 'none')) told.push(done)
    return told
  }
  return { c, runs, runtime, read }
}
const entry = (id: number): SampleEntry => ({ id, logits: new Float32Array(1) }) as SampleEntry
const logged = ({ samples }: DecodingContext, length = 12): (number | undefined)[] =>
  Array.from({ length }, (_, position) => samples!.get(position)?.id)

test('a new prompt keeps what it begins with, but for its last token', async () => {
  const { c, runtime, read } = counting()
  expect(c.begin([1, 2, 3, 4], 4)).toBe(0)
  expect(await read([1, 2, 3, 4])).toEqual([2, 4])
  expect(await c.step(5)).toEqual(Float32Array.of(5))
  expect([c.ids, c.text, c.answerFrom]).toEqual([[1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 4])
  expect(c.begin([1, 2, 9, 4], 3)).toBe(2)
  expect([c.ids, c.answerFrom, runtime.length]).toEqual([[1, 2], 3, 2])
  await read([9, 4])
  expect(c.begin([1, 2, 9, 4], 4), 'its last token gives the logits').toBe(3)
})

test('what the runtime lost is not taken for read', async () => {
  const { c, runtime, read } = counting()
  c.begin([1, 2, 3], 3)
  await read([1, 2, 3])
  runtime.truncate(1)
  expect(c.ids).toEqual([1])
  expect(c.begin([1, 2, 3], 3)).toBe(1)
})

test('a text that is to be read again is read from where it was left, turned as it was', async () => {
  const { c, runs, read } = counting()
  c.begin([1, 2, 3, 4, 5], 5)
  await read([1, 2, 3, 4, 5])
  c.forget()
  expect([c.ids, c.text]).toEqual([[], [1, 2, 3, 4, 5]])
  for await (const far of c.readAgain()) {
    if (far.done > 0) {
      expect(far).toEqual({ done: 2, total: 5 })
      break
    }
  }
  expect([c.ids, c.text]).toEqual([
    [1, 2],
    [1, 2, 3, 4, 5],
  ])
  const told: number[] = []
  runs.length = 0
  for await (const { done } of c.readAgain()) told.push(done)
  expect(told).toEqual([2, 4])
  expect(runs.map(({ ids, turnedFor }) => [ids, turnedFor])).toEqual([
    [[3, 4], 'kept'],
    [[5], 'kept'],
  ])
  expect(c.ids).toEqual([1, 2, 3, 4, 5])
  for await (const _ of c.readAgain()) throw new Error('nothing is left to read')
  // forgotten twice before it is read: nothing of it is lost
  c.forget()
  c.forget()
  expect(c.text).toEqual([1, 2, 3, 4, 5])
  // a new prompt reads for itself
  expect(c.begin([1, 2], 2)).toBe(0)
  expect(c.text).toEqual([])
})

test('samples go with the text they are of, and with the model that drew them', async () => {
  const { c, read } = counting()
  c.begin([1, 2, 3], 3)
  await read([1, 2, 3])
  c.modelChanged(true)
  expect(c.samples, 'nobody looks').toBeNull()
  for await (const _ of c.readAgain()) continue
  c.startSampleLog()
  for (const id of [4, 5, 6]) {
    c.samples!.set(c.ids.length, entry(id))
    await c.step(id)
  }
  expect(logged(c, 7)).toEqual([undefined, undefined, undefined, 4, 5, 6, undefined])
  // edited: what is drawn now is another model's
  c.modelChanged(true)
  expect(logged(c, 7)).toEqual(Array(7).fill(undefined))
  for await (const _ of c.readAgain()) continue
  c.samples!.set(6, entry(7))
  // edited otherwise: anew again; and the first log is the one that comes back
  c.modelChanged(true)
  expect(c.samples!.get(6)).toBeUndefined()
  c.begin([1, 2, 3, 4, 9], 3)
  await read([1, 2, 3, 4, 9])
  c.modelChanged(false)
  expect(logged(c, 7), 'as far as the same tokens stand').toEqual([undefined, undefined, undefined, 4, undefined, undefined, undefined]) // prettier-ignore
  // a prompt that leaves the text takes its samples along
  for await (const _ of c.readAgain()) continue
  c.begin([1, 2, 3], 3)
  expect(logged(c, 7)).toEqual(Array(7).fill(undefined))
})

test('samples of what a new prompt keeps stay', async () => {
  const { c, read } = counting()
  c.startSampleLog()
  c.begin([1, 2, 3], 3)
  await read([1, 2, 3])
  for (const id of [4, 5, 6]) {
    c.samples!.set(c.ids.length, entry(id))
    await c.step(id)
  }
  c.begin([1, 2, 3, 4, 9], 3)
  expect(logged(c, 7)).toEqual([undefined, undefined, undefined, 4, undefined, undefined, undefined])
})

test.each<[string, number[], (number | undefined)[]]>([
  ['shorter: what comes after it was drawn of it', [1, 2, 3, 4], [4, 5, undefined]],
  ['longer, with the token drawn last: it stands there now', [1, 2, 3, 4, 5, 6], [4, 5, 6]],
  ['longer, with another token there', [1, 2, 3, 4, 5, 7], [4, 5, undefined]],
])('edits that are gone give the samples back: a text %s', async (_, text, samples) => {
  const { c, read } = counting()
  c.startSampleLog()
  c.begin([1, 2, 3], 3)
  await read([1, 2, 3])
  for (const id of [4, 5, 6]) {
    c.samples!.set(c.ids.length, entry(id))
    // the last one of an answer is not read
    if (id < 6) await c.step(id)
  }
  c.modelChanged(true)
  await read(text.slice(0, 1))
  c.begin(text, 3)
  await read(text.slice(c.ids.length))
  c.modelChanged(false)
  expect(logged(c, 6).slice(3)).toEqual(samples)
})
