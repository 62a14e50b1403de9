// Adding a sampler stage: its file (here recipeCut), its line in stages.ts (here the mock), its words in both languages.
// Everything else follows: the chain, the trace, the check of parameters and of a model's files, what was stored and
// what comes in a link, the sliders and the pipeline's column. A stage without its words is a type error in the
// catalogs.

import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { beforeAll, expect, test, vi } from 'vitest'
import type { SamplingParams } from '../types.ts'
import type { Stage } from './stage.ts'

// ---- the stage's file ----------------------------------------------------------

/**
 * Keeps what is at most n standard deviations of all scores below the best (Top-nσ, Tang et al. 2024), under a name that
 * no stage of the product will have.
 */
const recipeCut = {
  name: 'recipe-cut',
  kind: 'cut',
  parameters: {
    recipeCut: {
      default: 0,
      off: 0,
      low: 0,
      high: 100,
      slider: { min: 0, max: 5, step: 0.1 },
      config: 'recipe_cut',
      gguf: 'recipe_cut',
    },
  },
  apply(c, { recipeCut: n }) {
    const scores = c.scores.subarray(0, c.count)
    const mean = scores.reduce((sum, s) => sum + s, 0) / c.count
    const sigma = Math.sqrt(scores.reduce((sum, s) => sum + (s - mean) ** 2, 0) / c.count)
    return c.filter((at) => c.scores[at]! >= -n * sigma) // the best is at 0
  },
  written: ({ recipeCut: n }) => `${n} σ`,
} as const satisfies Stage<'recipeCut'>

// ---- its line in the list ------------------------------------------------------

vi.mock('./stages.ts', async (original) => {
  const { stages } = await original<typeof import('./stages.ts')>()
  const at = stages.findIndex(({ name }) => name === 'top-k')
  return { stages: [...stages.slice(0, at), recipeCut, ...stages.slice(at)] }
})

vi.mock('../../ui/useScheme.ts', () => ({ useScheme: () => 'light' })) // asks the window

// ---- its words -----------------------------------------------------------------

beforeAll(async () => {
  const { en } = await import('../../i18n/en.ts')
  const { zh } = await import('../../i18n/zh.ts')
  const { probabilities } = await import('../../i18n/panels/probabilities.ts')
  Object.assign(en.params, { recipeCut: { label: 'Recipe cut', hint: 'Keeps what is near the best.' } })
  Object.assign(zh.params, { recipeCut: { label: '示例裁剪', hint: '只保留接近最好的。' } })
  for (const lang of ['en', 'zh'] as const) {
    Object.assign(probabilities[lang].stage, { 'recipe-cut': 'recipe cut' })
    Object.assign(probabilities[lang].why.cut, {
      'recipe-cut': (n: number, kept: number, mass: string) => `${n} σ: ${kept} | ${mass}`,
    })
  }
})

// ---- what follows --------------------------------------------------------------

/** Standard deviation 1.49, best 3: at n = 2.5 what is below -0.73 goes. */
const logits = Float32Array.from([3, 2, 1, 0, -1, -1])
const set = { recipeCut: 2.5 } as Partial<SamplingParams>
/** Whatever stages there are, none of them does anything. */
const allOff = async (): Promise<Partial<SamplingParams>> => {
  const { parameters, perParameter } = await import('./params.ts')
  return perParameter((name) => parameters[name].off)
}

test('the chain runs it in its place, the trace and the draws show it', async () => {
  const { Sampler } = await import('./chain.ts')
  const { checkSampling } = await import('./params.ts')
  const { traceSampling } = await import('./trace.ts')
  const { drawMany } = await import('./draws.ts')
  const off = await allOff()
  const params = checkSampling({ ...off, topK: 3, ...set })
  const stages = [
    { stage: 'temperature', kept: 6, removed: 0, removedMass: 0 },
    { stage: 'recipe-cut', kept: 4, removed: 2, removedMass: expect.closeTo(0.02304, 4) as number },
    { stage: 'top-k', kept: 3, removed: 1, removedMass: expect.closeTo(0.03206, 4) as number },
  ]
  expect(new Sampler(params).sample(logits, { top: 1 }).stages.slice(0, -1)).toEqual(stages)
  const trace = traceSampling(logits, params, [])
  expect(trace.stages).toEqual(stages)
  expect(trace.rows.map((row) => row.removedBy)).toEqual([null, null, null, 'top-k', 'recipe-cut', 'recipe-cut'])
  expect(drawMany(logits, checkSampling({ ...off, recipeCut: 0.5 } as typeof off), [], 50).counts).toEqual([
    { id: 0, count: 50 },
  ])
  // off by its default
  expect(traceSampling(logits, checkSampling(off), []).stages.map(({ stage }) => stage)).toEqual(['temperature'])
})

test('its parameter is known, has a default and a range, and is refused outside of it', async () => {
  const { checkGenerate } = await import('../options.ts')
  const { needZh } = await import('../../i18n/needs.zh.ts')
  expect(checkGenerate({}).sampling).toMatchObject({ recipeCut: 0, topK: 40 })
  expect(checkGenerate({ recipeCut: 100 }).sampling).toMatchObject({ recipeCut: 100 })
  const need = 'a number from 0 (off) to 100'
  expect(() => checkGenerate({ recipeCut: 101 })).toThrow(
    expect.objectContaining({ code: 'PARAM_INVALID', facts: { param: 'recipeCut', value: '101', need } }) as Error,
  )
  expect(needZh(need)).toBe('0（关闭）到 100 的数')
})

test("a model's files can set it, under the names that they use", async () => {
  const { samplingDefaults } = await import('./defaults.ts')
  const none = { generationConfig: null, older: {}, metadata: null, context: 64 }
  const expected = { sampling: { recipeCut: 1.5 }, ignored: [] }
  expect(samplingDefaults({ ...none, generationConfig: { recipe_cut: 1.5 } })).toEqual(expected)
  expect(samplingDefaults({ ...none, metadata: new Map([['general.sampling.recipe_cut', 1.5]]) })).toEqual(expected)
})

test('it is the reader’s to set for one model, stored, read back and sent in a link', async () => {
  const { baseParams, defaultParams, ownFor, withChange } = await import('../../store/sampling.ts')
  const { readSettings } = await import('../../store/settings-read.ts')
  const { fromWire, toWire } = await import('../../store/share/run.ts')
  const own = withChange({}, {}, 'm', set)
  expect(own).toEqual({ m: set })
  expect(readSettings(JSON.parse(JSON.stringify({ own }))).own).toEqual(own)
  expect(readSettings({ own: { m: { recipeCut: -1 } } }).own).toEqual({ m: {} })
  expect({ ...baseParams(null), ...ownFor(own, {}, 'm') }).toMatchObject({ recipeCut: 2.5, topK: 40 })
  const run = {
    model: { id: 'm', name: 'm', from: { kind: 'embedded' as const } },
    load: {},
    system: '',
    turns: [],
    params: { ...defaultParams, ...set, randomSeed: false },
    answer: null,
    adapters: [],
    edits: [],
    drawn: [],
    at: { panel: 'chat', position: null, layer: 0, head: 0 },
  }
  const wire = toWire(run)
  expect(wire['params']).toEqual(set)
  expect(fromWire(wire).params).toEqual(run.params)
  expect(() => fromWire({ ...wire, params: { recipeCut: 101 } })).toThrow('params.recipeCut')
})

/** As the page draws it, in English; JSX is text here. */
async function drawn(children: ReactNode): Promise<string> {
  const { LanguageProvider, loadLanguage } = await import('../../i18n/index.tsx')
  await loadLanguage('en')
  return renderToStaticMarkup(<LanguageProvider lang="en">{children}</LanguageProvider>)
}

test('the settings have its slider, in its place', async () => {
  const { Settings } = await import('../../features/chat/Settings.tsx')
  const { stages } = await import('./stages.ts')
  const { en } = await import('../../i18n/en.ts')
  const html = await drawn(<Settings />)
  const labels = [...html.matchAll(/<label[^>]*>([^<]+)<\/label>/g)].map(([, label]) => label)
  const expected = stages.flatMap((stage) =>
    Object.keys(stage.parameters).map((name) => en.params[name as 'topK'].label),
  )
  const first = labels.indexOf(expected[0])
  expect(labels.slice(first, first + expected.length)).toEqual(expected)
  expect(expected.indexOf('Recipe cut')).toBe(expected.indexOf('Top-k') - 1)
  expect(html).toMatch(/type="range" aria-label="Recipe cut"[^>]* min="0" max="5" step="0.1" value="0"/)
})

test('the pipeline has its column, with what it took out, and says why', async () => {
  const { checkSampling } = await import('./params.ts')
  const { stages } = await import('./stages.ts')
  const { traceSampling } = await import('./trace.ts')
  const { RunProvider, percentIn } = await import('../../features/probabilities/run.ts')
  const { Pipeline } = await import('../../features/probabilities/Pipeline.tsx')
  const { readPipeline } = await import('../../features/probabilities/pipeline.ts')
  const { probabilities } = await import('../../i18n/panels/probabilities.ts')
  const { glass } = await import('../../i18n/panels/glass.ts')
  const { formats } = await import('../../i18n/format.ts')
  const params = checkSampling({ ...(await allOff()), ...set })
  const trace = traceSampling(logits, params, [])
  const rows = trace.rows.map((row) => ({ ...row, text: `t${row.id}` }))
  const view = { ...trace, rows, position: 1, draw: null, chosen: null }
  const run = {
    ...{ info: { model: 'm', vocab: 6, source: 'live' }, tokens: [], views: [], position: 1, toCome: false },
    ...{ place: null, answerFrom: null, t: probabilities.en, common: glass.en, params: { a: params, b: params } },
    ...{ format: formats('en'), percent: percentIn(formats('en')), go: () => undefined },
  }
  vi.stubGlobal('document', { fullscreenEnabled: false }) // a figure asks it
  const html = await drawn(
    <RunProvider value={run as never}>
      <Pipeline view={view} read={readPipeline(view, 6)} params={params} />
    </RunProvider>,
  )
  const text = (part: string): string =>
    part
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
  const heads = [...html.matchAll(/data-column="([^"]+)">(.*?)<\/th>/g)].map(([, name, head]) => [name, text(head!)])
  const cuts = stages.filter(({ kind }) => kind === 'cut').map(({ name }) => name as string)
  expect(heads.slice(2)).toEqual([
    ['temperature', 'temperature off'],
    ...cuts.map((name) => [
      name,
      name === 'recipe-cut' ? 'recipe cut 2.5 σ' : `${probabilities.en.stage[name as 'top-k']} off`,
    ]),
    ['softmax', 'chance 4 left'],
  ])
  // its own cell and the next one's, which is off
  const at = heads.findIndex(([name]) => name === 'recipe-cut')
  expect(heads[at + 1]).toEqual(['top-k', 'top-k off'])
  const cells = [...html.matchAll(/<tr data-id="(\d)".*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<td[^>]*>.*?<\/td>/g)].slice(at, at + 2).map(([cell]) => text(cell)),
  )
  expect(cells).toEqual([0, 1, 2, 3, 4, 5].map((id) => [id < 4 ? '✓' : '✕', '']))
  expect(html).toContain('2.5 σ: 4 | 2.3 %')
})
