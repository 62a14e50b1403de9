// npm run retrieval [-- --seed 16] [--bare] [--model models/minilm]: how often search finds what answers a question.
// npm run retrieval -- --rows 100000 [--dims 384] [--driver swiftshader|lavapipe]: how long the search by meaning takes.
//
// 200 questions over 50 documents in each language, made from a seed (src/retrieval/testing/questions.ts): the share whose
// answer stands in the first chunk and in the first three, by words (BM25), by meaning (vectors of the model, int8 rows) and by both. Without
// the model by words alone; a language of which the model knows too little is not searched by meaning. --bare leaves titles and
// headings out: only a document's first sentence names its subject.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { readOptions, wholeNumber } from './options.mjs'
import { ensureInstall, ensureNode, main, root } from './setup.mjs'
import { openSources } from './sources.mjs'

/** A text of Markdown without its headings. */
const bare = (text) => text.replaceAll(/^#+ .*\n+/gm, '')
const percent = (share) => `${(100 * share).toFixed(1)} %`

/** The middle of several times, in milliseconds; the first run is not counted. */
async function timeOf(work, runs = 11) {
  const times = []
  for (let i = 0; i <= runs; i++) {
    const from = performance.now()
    await work(i)
    if (i > 0) times.push(performance.now() - from)
  }
  return times.sort((a, b) => a - b)[runs >> 1]
}
const mega = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`

/** Vectors of length 1 around some middles, as texts of some subjects would be. */
function drawVectors(seeded, rows, dims, seed) {
  const random = seeded(seed)
  const middles = Array.from({ length: 64 }, () => Float32Array.from({ length: dims }, () => random() - 0.5))
  const all = new Float32Array(rows * dims)
  for (let r = 0; r < rows; r++) {
    const middle = middles[Math.floor(random() * middles.length)]
    let length = 0
    for (let i = 0; i < dims; i++) {
      const v = middle[i] + random() - 0.5
      all[r * dims + i] = v
      length += v * v
    }
    length = Math.sqrt(length)
    for (let i = r * dims; i < (r + 1) * dims; i++) all[i] /= length
  }
  return all
}

/** The teaching indexes over the first 5,000 rows: how much they find of what the scan finds, for how many looks. */
async function measureIndexes(load, vectors, rows, dims) {
  const teaching = await load('/src/retrieval/teaching/index.ts')
  const { buildHnsw, buildIvf, nearest, randomFrom, recallOf, searchHnsw, searchIvf } = teaching
  const few = Math.min(rows, 5000)
  const own = vectors.slice(0, few * dims)
  const asked = Array.from({ length: 12 }, (_, i) => vectors.subarray((rows + i) * dims, (rows + i + 1) * dims))
  const exact = asked.map((question) => nearest(own, dims, question, 10))
  const told = (name, search) => {
    const found = asked.map(search)
    const mean = (list) => list.reduce((sum, v) => sum + v, 0) / list.length
    const recall = mean(found.map((one, i) => recallOf(one.found, exact[i])))
    const looks = mean(found.map(({ visited }) => visited.length))
    console.log(
      `        ${name.padEnd(14)} recall@10 ${recall.toFixed(3)}   ${percent(looks / few)} of the rows looked at`,
    )
  }
  console.log(`    for teaching, over ${few} rows`)
  const ivf = buildIvf(own, dims, 64, randomFrom(1))
  for (const nprobe of [1, 4, 16, 64]) told(`IVF ${nprobe} of 64`, (q) => searchIvf(ivf, own, q, 10, nprobe))
  const graph = buildHnsw(own, dims, randomFrom(1))
  for (const ef of [10, 50, 200]) told(`HNSW ef ${ef}`, (q) => searchHnsw(graph, own, q, 10, ef))
}

async function measureScan(load, { rows, dims, driver, seed }) {
  const { best, dotRows, packRows } = await load('/src/retrieval/index.ts')
  const { seeded } = await load('/src/engine/ops/inputs.ts')
  const vectors = drawVectors(seeded, rows + 12, dims, seed)
  const stored = packRows(vectors.subarray(0, rows * dims), dims)
  const asked = Array.from({ length: 12 }, (_, i) =>
    packRows(vectors.subarray((rows + i) * dims, (rows + i + 1) * dims), dims),
  )
  const found = (dots, i) => best(dots, stored.scales, asked[i].scales[0], 10)
  console.log(`${rows} rows of ${dims}: ${mega(stored.codes.byteLength)} of codes, ${mega(rows * 4)} of scales`)
  const cpu = await timeOf((i) => found(dotRows(stored, asked[i].codes), i))
  console.log(`    one thread of JavaScript   ${cpu.toFixed(1)} ms a search`)
  await measureIndexes(load, vectors, rows, dims)

  const { lavapipe, nodeGpu, noGpuReason } = await load('/src/engine/testing/gpu.ts')
  const gpu = await nodeGpu(driver === 'lavapipe' ? (lavapipe() ?? undefined) : undefined)
  if (!gpu) return console.log(`    no GPU here: ${noGpuReason}`)
  const { createSession, openMachine } = await load('/src/engine/place-gpu.ts')
  const { trialWork } = await load('/src/engine/trial.ts')
  const { RowScan } = await load('/src/engine/scan.ts')
  const { device, kernels } = await openMachine({ gpu })
  const { plan, provider, size } = trialWork('i8')
  const session = await createSession(device, kernels, plan, provider, { size })
  const inside = session.inspection()
  const before = session.bytes
  const scan = new RowScan(inside)
  const placing = performance.now()
  await scan.dots(stored.codes, asked[0].codes)
  console.log(`    ${device.facts.description}: placed in ${(performance.now() - placing).toFixed(0)} ms`)
  console.log(`        on the device ${mega(session.bytes - before)}`)
  const ms = await timeOf(async (i) => found(await scan.dots(stored.codes, asked[i].codes), i))
  console.log(`        ${ms.toFixed(1)} ms a search, with the way back and the choice of the best`)
  for (const [i, { codes }] of asked.entries()) {
    const [got, want] = [found(await scan.dots(stored.codes, codes), i), found(dotRows(stored, codes), i)]
    if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error('the device finds something else')
  }
  console.log(`        ids and scores of ${asked.length} questions are those of JavaScript, bit for bit`)
  session.dispose()
}

main(async () => {
  ensureNode()
  const { values } = readOptions(import.meta.url, {
    options: {
      seed: { type: 'string' },
      bare: { type: 'boolean', default: false },
      rows: { type: 'string' },
      dims: { type: 'string' },
      driver: { type: 'string', default: 'swiftshader' },
      model: { type: 'string', default: path.join(root, 'models/minilm') },
    },
  })
  const seed = wholeNumber(values, 'seed', { fallback: 16 })
  ensureInstall()
  const vite = await openSources()
  const load = (file) => vite.ssrLoadModule(file)
  if (values.rows !== undefined) {
    await measureScan(load, {
      rows: wholeNumber(values, 'rows', { fallback: 100_000 }),
      dims: wholeNumber(values, 'dims', { fallback: 384 }),
      driver: values.driver,
      seed,
    })
    await vite.close()
    process.exit(0)
  }
  const { depth, fuse, mostUnknown, packRows, scan, unknownShare } = await load('/src/retrieval/index.ts')
  const { chunksOf, hitAt, makeQuestions, wordIndexOf } = await load('/src/retrieval/testing/questions.ts')
  const { loadEngine } = await load('/src/engine/index.ts')
  const { diskModel } = await load('/src/engine/testing/disk.ts')
  const engine = existsSync(values.model) ? await loadEngine(diskModel(values.model), { device: 'cpu' }) : null
  if (!engine) console.log(`No model at ${values.model}: by words alone. "npm run model minilm" brings one.`)

  for (const language of ['en', 'zh']) {
    const made = makeQuestions(language, seed)
    const set = values.bare ? { ...made, documents: made.documents.map(bare) } : made
    const chunks = chunksOf(set)
    const index = wordIndexOf(chunks)
    const byWords = set.questions.map(({ text }) => index.search(text, depth))
    const told = (found) => [1, 3].map((most) => `hit@${most} ${percent(hitAt(most, set, chunks, found))}`).join('   ')
    console.log(
      `${language}  ${set.questions.length} questions, ${set.documents.length} documents, ${chunks.length} chunks`,
    )
    console.log(`    by words    ${told((q) => byWords[q])}`)
    if (!engine) continue
    const sample = []
    for (const text of set.documents.slice(0, 5)) sample.push(...(await engine.read(text)).tokens)
    const unknown = unknownShare(sample)
    if (unknown > mostUnknown) {
      console.log(`    by meaning  refused: the model has no token for ${percent(unknown)} of the text`)
      continue
    }
    const read = async (text) => (await engine.read(text)).vector
    const vectors = []
    for (const { read: chunk } of chunks) {
      vectors.push(await read(chunk.reading))
      if (vectors.length % 50 === 0) console.log(`    ${vectors.length} chunks read`)
    }
    const dims = vectors[0].length
    const all = new Float32Array(vectors.length * dims)
    vectors.forEach((vector, i) => all.set(vector, i * dims))
    const rows = packRows(all, dims)
    const byMeaning = []
    const documents = Int32Array.from(chunks, ({ document }) => document)
    for (const { text } of set.questions) byMeaning.push(scan(rows, await read(text), depth, documents))
    console.log(`    by meaning  ${told((q) => byMeaning[q])}   (${percent(unknown)} unknown)`)
    console.log(`    by both     ${told((q) => fuse(byWords[q], byMeaning[q], 3))}`)
  }
  engine?.dispose()
  await vite.close()
  process.exit(0) // threads of the processor would keep it
})
