// An encoder–decoder through the whole engine: what is read and by whom, going on from anywhere, and what the glass shows of
// the encoder, of the decoder, and of what the one sees of the other. The model ships; its answers are the reference's.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { folderFiles } from './formats/testing.ts'
import type { LensRequest } from './glass/types.ts'
import { loadEngine } from './index.ts'
import type { DeviceChoice, GenerateOptions, PromptEvent, TokenEvent } from './types.ts'

const { cases } = JSON.parse(readFileSync('fixtures/tiny/translator.json', 'utf8')) as {
  cases: { text: string; inputs: { input_ids: number[][] }; greedy_ids?: number[] }[]
}
const { text, inputs, greedy_ids: greedy } = cases.find((one) => one.greedy_ids)!
const source = inputs.input_ids[0]!
const load = (device: DeviceChoice) =>
  loadEngine(
    { name: 'translator', files: folderFiles('public/models/translator') },
    { device, linear: 'keep', embedding: 'keep' },
  )
type Engine = Awaited<ReturnType<typeof load>>

async function run(engine: Engine, input: Parameters<Engine['generate']>[0], options: GenerateOptions = {}) {
  const ids: number[] = []
  let prompt: PromptEvent | undefined
  for await (const event of engine.generate(input, { temperature: 0, maxTokens: 20, ...options })) {
    if (event.type === 'prompt') prompt = event
    if (event.type === 'token') ids.push((event satisfies TokenEvent).id)
  }
  return { ids, prompt: prompt! }
}

describe.each(['reference', 'cpu'] as const)('on the %s', (device) => {
  test('it says what it is made of, and how it is to be asked where it is asked to read', async () => {
    const engine = await load(device)
    expect(engine.info).toMatchObject({ does: ['generate'], parts: ['attention', 'source'], chats: false })
    await expect(engine.read(text)).rejects.toMatchObject({
      code: 'TASK_UNSUPPORTED',
      facts: { asked: 'read', how: 'source' },
    })
    engine.dispose()
  })
  test('the encoder reads the prompt, and the answer begins with the model’s own first token', async () => {
    const engine = await load(device)
    const { ids, prompt } = await run(engine, text)
    expect({ ids, source: prompt.source, read: prompt.ids, from: prompt.answerFrom }).toEqual({
      ids: greedy,
      source,
      read: [0],
      from: 1,
    })
    // the same from the middle of the answer, on what the cache holds, and behind another source
    const half = { ids: [0, ...greedy!.slice(0, 2)], source }
    expect((await run(engine, half, { continueFrom: 1 })).ids).toEqual(greedy!.slice(2))
    const other = await run(engine, { ids: [...source].reverse() })
    expect(other.ids).not.toEqual(greedy)
    expect((await run(engine, half, { continueFrom: 1 })).ids).toEqual(greedy!.slice(2))
    await expect(run(engine, { ids: [0], source: [] })).rejects.toMatchObject({ code: 'PARAM_INVALID' })
    engine.dispose()
  })

  test('the glass looks at encoder, decoder and between them', async () => {
    const engine = await load(device)
    const glass = await engine.glass()
    await run(engine, text)
    const info = await glass.info()
    const { layers, tokens } = info.encoder!
    expect(tokens.map(({ id }) => id)).toEqual(source)
    const heads = [0, 1, 2, 3],
      S = source.length,
      T = info.length
    const rows = async (layer: number, branch: 'attn' | 'cross', height: number, width: number) => {
      const tile = await glass.attention({
        ...{ layer, branch, heads, rows: [0, height], cols: [0, width] },
        ...{ maxRows: height, maxCols: width },
      })
      expect([tile.rows, tile.cols]).toEqual([height, width])
      return Array.from({ length: heads.length * height }, (_, r) =>
        [...tile.values.subarray(r * width, (r + 1) * width)].reduce((sum, v) => sum + (Number.isNaN(v) ? 0 : v), 0),
      )
    }
    for (const [layer, branch, height, width] of [
      [0, 'attn', S, S],
      [layers, 'attn', T, T],
      [layers + 1, 'cross', T, S],
    ] as const) {
      for (const sum of await rows(layer, branch, height, width)) expect(sum).toBeCloseTo(1, 4)
    }
    // the first word of the source sees the last one; the first of the answer sees itself alone
    const one = (layer: number, row: number, col: number) =>
      glass
        .attention({ layer, heads: [0], rows: [row, row + 1], cols: [col, col + 1], maxRows: 1, maxCols: 1 })
        .then(({ values }) => values[0]!)
    expect(await one(0, 0, S - 1)).toBeGreaterThan(0)
    expect(await one(layers, 0, T - 1)).toBeNaN()
    await expect(rows(0, 'cross', S, S)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
    await expect(rows(layers, 'attn', T + 1, T)).rejects.toMatchObject({ code: 'PARAM_INVALID' })

    expect((await glass.probe({ site: 'z', layer: 0, position: S - 1 })).values.every(Number.isFinite)).toBe(true)
    // the lens reads the decoder's layers, and says of the encoder's why it does not
    const asked = { positions: [1], part: 'resid' as const, topK: 1 } satisfies Partial<LensRequest>
    const [last] = await glass.lens({ ...asked, layers: [info.layers - 1] })
    expect(last!.top[0]!.id).toBe(greedy![1])
    await expect(glass.lens({ ...asked, layers: [0] })).rejects.toMatchObject({ code: 'VIEW_ABSENT' })
    // pushes of the decoder's parts, what the answer took in from the source among them, add up to the logit
    const parts = await glass.contributions(1, greedy![1]!)
    const all = [parts.embed, parts.bias, ...parts.attn, ...parts.cross!, ...parts.mlp].reduce((a, b) => a + b, 0)
    const { values: logits } = await glass.probe({ site: 'logits', layer: layers, position: 1 })
    expect(parts.logit).toBeCloseTo(logits[greedy![1]!]!, 3)
    expect(all).toBeCloseTo(parts.logit, 3)
    expect(Math.max(...parts.cross!.map(Math.abs))).toBeGreaterThan(1e-3)
    expect([...parts.cross!.slice(0, layers), ...parts.attn.slice(0, layers)].every((v) => v === 0)).toBe(true)
    const ofHeads = Array.from({ length: info.layers }, (_, l) =>
      parts.heads.slice(l * heads.length, (l + 1) * heads.length).reduce((a, b) => a + b, 0),
    )
    ofHeads.forEach((push, l) => expect(push).toBeCloseTo(parts.attn[l]!, 3))
    expect(info).toMatchObject({ predicts: 'next', seen: 0, mask: null })
    expect(info.unsupported).toEqual([{ view: 'recording', reason: 'recording' }])
    const stats = await glass.headStats()
    expect(stats.entropy.every(Number.isFinite)).toBe(true)
    const before = (await glass.tokens()).map(({ logprob }) => logprob)
    // an edge of the encoder is cut, and the answer is judged otherwise; without the edit it is as before, to the bit
    const cut = { kind: 'mask-edges', layer: 0, head: -1, queries: [0, S], keys: [1, S - 1] } as const
    const { tokens: after } = await glass.setEdits([{ ...cut, queries: [0, S], keys: [1, S - 1] }])
    expect(after.map(({ logprob }) => logprob)).not.toEqual(before)
    expect(await one(0, 0, 2)).toBeNaN()
    expect((await glass.setEdits([])).tokens.map(({ logprob }) => logprob)).toEqual(before)
    engine.dispose()
  })
})
