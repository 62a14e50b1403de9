// node scripts/draws.mjs: tokens that a GPU draws, counted: against their odds (χ²) and against the sampler's chain.
//
//   node scripts/draws.mjs [--draws N] [--rows N] [--driver FILE]
//
// Each distribution is drawn from N times (100,000) with the seed's numbers: every token must come exactly as often as the chain
// draws it, and as often as its odds say. Then rows that no list of the best is enough for, in vocabularies of 49,152 and 151,936
// tokens: the same token as the chain's, and the same said of it. The GPU is dawn.node on Chrome's software driver, or on the
// Vulkan driver of a manifest.
import { readOptions, wholeNumber } from './options.mjs'
import { ensureInstall, ensureNode, main, Problem } from './setup.mjs'
import { openSources } from './sources.mjs'

main(async () => {
  ensureNode()
  const { values } = readOptions(import.meta.url, {
    options: { draws: { type: 'string' }, rows: { type: 'string' }, driver: { type: 'string' } },
  })
  ensureInstall()
  const draws = wholeNumber(values, 'draws', { fallback: 100_000 })
  const rows = wholeNumber(values, 'rows', { fallback: 3 })
  const vite = await openSources()
  const load = (file) => vite.ssrLoadModule(`/src/engine/${file}`)
  const gpus = await load('testing/gpu.ts')
  const gpu = await gpus.nodeGpu(values.driver)
  if (!gpu) throw new Problem(`No GPU in Node: ${gpus.noGpuReason}.`)
  const { openDevice } = await load('gpu/device.ts')
  const { chainOf, chiSquare, Drawer } = await load('testing/drawer.ts')
  const { checkSampling } = await load('sampler/chain.ts')
  const { tellDrawn } = await load('sampler/drawn.ts')
  const { seeded } = await load('ops/inputs.ts')
  const device = await openDevice(gpu, {})
  console.log(device.facts.description)

  const random = seeded(5)
  const bell = () => random() + random() + random() + random() - 2
  const off = { temperature: 1, topK: 0, topP: 1, minP: 0 }
  const row = (V, value) => Float32Array.from({ length: V }, (_, id) => value(id))
  let wrong = 0

  const distributions = [
    ['40 tokens, all cuts', 40, () => 3 * bell(), { temperature: 1.2, topK: 30, topP: 0.95, minP: 0.02 }],
    ['64 tokens, no cut', 64, () => 2 * bell(), off],
    ['2,000 tokens, nearly flat, top-p 0.9', 2000, () => 0.05 * bell(), { ...off, temperature: 2, topP: 0.9 }],
  ]
  console.log(`${draws} draws of each:`)
  for (const [name, V, value, given] of distributions) {
    const params = checkSampling({ seed: 2026, ...given })
    const logits = row(V, value)
    const drawer = await Drawer.open(device, V)
    const began = performance.now()
    const counts = await drawer.many(logits, params, draws)
    const seconds = (performance.now() - began) / 1000
    drawer.dispose()
    const chain = chainOf(logits, params, draws)
    const { chi, freedom, z } = chiSquare(counts, chain.odds)
    const other = counts.reduce((n, count, id) => n + Math.abs(count - chain.counts[id]) / 2, 0)
    if (other > 0 || z > 3.09) wrong++
    console.log(
      `${name}: χ² ${chi.toFixed(1)} at ${freedom} degrees of freedom (z ${z.toFixed(2)}); ${other} other tokens than the chain's; ${seconds.toFixed(1)} s`,
    )
  }

  const hard = [
    ['nearly equal', () => 1 + 0.01 * bell(), { ...off, temperature: 2 }],
    ['nearly equal, top-p 0.99', () => 1 + 1e-4 * bell(), { ...off, temperature: 2, topP: 0.99 }],
    ['two levels, top-p 0.9', (id) => (id % 3 === 1 ? 2 : 1), { ...off, topP: 0.9 }],
    ['one huge, the rest alike', (id) => (id === 777 ? 11 : 1e-3 * bell()), off],
    ['all equal but one', (id) => (id === 9 ? -2000 : 1), { ...off, topP: 0.3 }],
    ['top-k 5000, min-p 0.2', () => 2 * bell(), { ...off, topK: 5000, minP: 0.2 }],
    ['two banned, penalties', () => 0.1 * bell(), { ...off, logitBias: { 0: -1e4, 5: -1e4 }, repetitionPenalty: 1.2 }],
    ['greedy among equals', (id) => (id % 1000 === 500 ? 3 : 1), { ...off, temperature: 0 }],
  ]
  for (const V of [49_152, 151_936]) {
    const drawer = await Drawer.open(device, V)
    for (const [name, value, given] of hard) {
      const found = []
      for (let i = 0; i < rows; i++) {
        const params = checkSampling({ seed: i, ...given })
        const logits = row(V, value)
        const chain = drawer.begin(params, [1, 2, 3, 3, 5, 8])
        const began = performance.now()
        const record = await drawer.drawn(logits)
        const took = performance.now() - began
        const told = tellDrawn(record, V, params, null, 20)
        const want = chain.sample(logits, { top: 20 })
        const said = ({ id, rank, top, stages }) =>
          JSON.stringify([id, rank, top.map((t) => t.id), stages.map(({ kept, removed }) => [kept, removed])])
        const same = record.flag === 0 && said(told) === said(want)
        if (!same) wrong++
        found.push(`${told.id}${same ? '' : ` (not ${said(want)} but ${said(told)})`} ${took.toFixed(0)} ms`)
      }
      console.log(`${V} tokens, ${name}: ${found.join(', ')}`)
    }
    drawer.dispose()
  }
  console.log(wrong === 0 ? 'all as the chain draws' : `${wrong} wrong`)
  process.exit(wrong === 0 ? 0 : 1)
})
