// Tokens that the GPU draws itself, some of them in flight: the events are those of an answer whose tokens are drawn here, and
// nothing of those that were sent too far is left. So it is while someone looks inside, and panels say the same.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Glass, GlassToken } from './glass/types.ts'
import type { Engine, GenerateOptions, StageReport, TokenEvent } from './index.ts'
import { defaultSampling } from './sampler/chain.ts'
import { collect, endless, load, question, type Answered } from './testing/answers.ts'
import { nodeGpu, noGpuReason } from './testing/gpu.ts'
import type { SamplingParams } from './types.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })
const gpu = await nodeGpu()
if (!gpu) console.warn(`UNRUN: tokens drawn on a GPU: ${noGpuReason}`)

const greedy = { temperature: 0, ...endless }
const asked: Record<string, GenerateOptions> = {
  'as it comes': {},
  greedy: { ...greedy, maxTokens: 12 },
  'penalties and bans': { repetitionPenalty: 1.2, presencePenalty: 0.3, frequencyPenalty: 0.2, ...endless, seed: 5 },
  'hot, few candidates': { temperature: 1.7, topK: 5, topP: 1, minP: 0, seed: 9, ...endless, top: 3 },
  'begun anew on the way': { seedAt: [3, 7], temperature: 2, topP: 1, minP: 0, ...endless },
  'a token put in': { force: { 4: 100 }, ...endless },
  'flat rows': { topK: 300, temperature: 30, minP: 0, topP: 0.98, ...endless },
  'all that there is': { topK: 0, temperature: 30, minP: 0, topP: 1, ...endless },
}

const near = (value: number | null) => (value === null ? null : (expect.closeTo(value, 8) as number))
const stage = (s: StageReport) => ({ ...s, removedMass: near(s.removedMass) })
/** as both draw it: sums on the device are in units of 2^-44 */
const inTokens = ({ logprob, entropy, top }: Pick<GlassToken, 'logprob' | 'entropy' | 'top'>) => ({
  logprob: near(logprob),
  entropy: near(entropy),
  top: top.map((t) => ({ ...t, logprob: near(t.logprob) })),
})
const alike = (e: TokenEvent) => ({ ...e, ...inTokens(e), stages: e.stages.map(stage) })

describe.skipIf(!gpu)('drawn on the device', () => {
  let engine: Engine
  const answers = new Map<string, Answered>()
  const ask = async (options: GenerateOptions, onToken?: (token: TokenEvent) => void): Promise<Answered> => {
    await collect(engine.generate({ ids: [engine.info.vocab - 1] }, { maxTokens: 1 }))
    return collect(engine.generate(question, { maxTokens: 10, speculation: 'off', ...options }), onToken)
  }
  beforeAll(async () => {
    engine = await load({ gpu: gpu!, sampling: 'device', selfCheck: false, fusion: 'all' })
    for (const [name, options] of Object.entries(asked)) answers.set(name, await ask(options))
  })
  afterAll(() => engine?.dispose())

  test('costs one pass, one submit and 256 bytes a token, and nothing waits for it', () => {
    const { stats } = answers.get('greedy')!.done
    expect(stats).toMatchObject({
      drawnOnDevice: 11,
      passesPerToken: 1,
      submitsPerToken: 1,
      readBytesPerToken: 256,
      waitsPerToken: 0,
      dispatchesPerToken: engine.info.dispatchesPerToken + 4,
    })
    expect(stats.drawnByHost).toBeUndefined()
    // the settings, the random numbers and the first token, once for the answer
    expect(stats.writesPerToken).toBeLessThanOrEqual(1)
    expect(answers.get('a token put in')!.done.stats).toMatchObject({ drawnOnDevice: 5, drawnByHost: 'settings' })
    for (const name of ['flat rows', 'all that there is']) {
      expect(answers.get(name)!.done.stats).toMatchObject({ drawnOnDevice: 9, waitsPerToken: 0 })
    }
  })

  test('what was sent too far when an answer ends is told nowhere', async () => {
    const whole = answers.get('greedy')!
    const [third] = whole.ids.slice(3)
    const first = whole.ids.indexOf(third!)
    const stopped = await ask({ ...greedy, stopTokenIds: [third!], maxTokens: 12 })
    expect(stopped.ids).toEqual(whole.ids.slice(0, first + 1))
    expect(stopped.done.reason).toBe('stop')
    expect(stopped.done.stats.generatedTokens).toBe(first + 1)
    const stop = new AbortController()
    const aborted = await ask({ ...greedy, signal: stop.signal, maxTokens: 12 }, ({ index }) => {
      if (index === 5) stop.abort()
    })
    expect([aborted.ids, aborted.done.reason]).toEqual([whole.ids.slice(0, 6), 'aborted'])
    // the reader goes away with tokens in flight; the cache holds the text and no more
    const left = engine.generate(question, { ...greedy, maxTokens: 12 })
    for (let i = 0; i < 5; i++) await left.next()
    await left.return(undefined)
    const again = await collect(engine.generate(question, { ...greedy, maxTokens: 12 }))
    expect(again.ids).toEqual(whole.ids)
    const longer = await collect(
      engine.generate({ ids: [...whole.prompt.ids, ...whole.ids.slice(0, 4)] }, { ...greedy, maxTokens: 3 }),
    )
    expect(longer.prompt.reused).toBe(whole.prompt.ids.length + 3)
    expect(longer.ids).toEqual(whole.ids.slice(4, 7))
  })

  test('ends where the context does', async () => {
    const ids = Array.from({ length: 186 }, (_, i) => 100 + i)
    const { done, tokens } = await collect(engine.generate({ ids }, { ...greedy, maxTokens: 50 }))
    expect(done.reason).toBe('context')
    expect(tokens.map(({ position }) => position)).toEqual([186, 187, 188, 189, 190, 191, 192])
  })

  /** Drawn here: the device lists no more than 20 tokens. */
  const askHere = async (options: GenerateOptions): Promise<Answered> => {
    const here = await ask({ ...options, top: 64 })
    return { ...here, tokens: here.tokens.map((e) => ({ ...e, top: e.top.slice(0, options.top ?? 20) })) }
  }

  test('the same events as drawn here, field by field', async () => {
    for (const [name, options] of Object.entries(asked)) {
      const there = answers.get(name)!,
        here = await askHere(options)
      expect(there.tokens, name).toEqual(here.tokens.map(alike))
      expect(there.done, name).toMatchObject({ reason: here.done.reason, text: here.done.text })
      expect(here.done.stats, name).toMatchObject({ drawnOnDevice: 0, drawnByHost: 'settings' })
    }
  })

  describe('while someone looks inside', () => {
    let glass: Glass, P: number
    const hot = asked['hot, few candidates']!
    const params = { ...defaultSampling, ...hot } as SamplingParams
    /** what panels say of the answer's tokens */
    const seen = async () => ({
      tokens: await glass.tokens(),
      sampling: await Promise.all([0, 3, 9].map((n) => glass.sampling(P + n, params, 8))),
      draws: await glass.draws(P + 4, params, 50, 3),
      added: [...(await glass.probe({ site: 'mlp_out', layer: 1, position: P + 2 })).values],
    })
    beforeAll(async () => {
      glass = await engine.glass()
      P = answers.get('greedy')!.prompt.ids.length
    })

    test('costs the probes of a token and nothing else', async () => {
      const { done, ids } = await ask(asked['greedy']!)
      expect(ids).toEqual(answers.get('greedy')!.ids)
      expect(done.stats).toMatchObject({
        drawnOnDevice: 11,
        passesPerToken: 1,
        submitsPerToken: 1,
        readBytesPerToken: 256,
        waitsPerToken: 0,
        // two for each layer and one: queries, log-sum-exp and a residual are kept at once
        dispatchesPerToken: engine.info.dispatchesPerToken + 4 + 2 * engine.info.layers + 1,
      })
      expect(done.stats.writesPerToken).toBeLessThanOrEqual(1)
    })

    test('panels say what they say of tokens that are drawn here', async () => {
      const there = await ask(hot),
        told = await seen()
      expect(there.done.stats).toMatchObject({ drawnOnDevice: 9 })
      const here = await askHere(hot)
      expect(there.tokens).toEqual(here.tokens.map(alike))
      expect(here.done.stats).toMatchObject({ drawnOnDevice: 0 })
      const want = await seen()
      expect(told).toEqual({
        ...want,
        tokens: want.tokens.map((t) => ({ ...t, ...inTokens(t), margin: near(t.margin) })),
      })
      expect(told.sampling.map(({ draw }) => draw)).toEqual([0, 3, 9].map((n) => there.tokens[n]!.draw))
    })

    test('looks between tokens in flight change neither, and see what looks afterwards see', async () => {
      const looks: Promise<unknown[]>[] = []
      const look = (position: number): Promise<unknown[]> =>
        Promise.all([
          glass.probe({ site: 'up', layer: 1, position }),
          glass.probe({ site: 'v', layer: 0, position: position - 2 }),
          glass.lens({ positions: [position], layers: [0], part: 'mlp', topK: 2 }),
          glass.sampling(position, params, 3),
        ])
      const { ids } = await ask(hot, ({ index }) => {
        if (index > 1 && index < 8) looks.push(look(P + index - 1))
      })
      expect(ids).toEqual(answers.get('hot, few candidates')!.ids)
      for (const [n, asked] of looks.entries()) expect(await asked, String(n)).toEqual(await look(P + n + 1))
    })

    test('edits act on tokens in flight', async () => {
      await glass.setEdits([
        { kind: 'skip', layer: 1, part: 'mlp' },
        { kind: 'scale-head', layer: 0, head: 1, factor: -1 },
        { kind: 'evict', keys: [3, 5] },
        { kind: 'mask-edges', layer: 1, head: -1, queries: [P + 2, P + 5], keys: [0, P] },
      ])
      const there = await ask(asked['greedy']!),
        here = await askHere(asked['greedy']!)
      expect(there.tokens).toEqual(here.tokens.map(alike))
      expect(there.ids).not.toEqual(answers.get('greedy')!.ids)
      expect(there.done.stats).toMatchObject({ drawnOnDevice: 11, waitsPerToken: 0 })
      expect(here.done.stats).toMatchObject({ drawnOnDevice: 0 })
      await glass.setEdits([])
    })
  })
})
