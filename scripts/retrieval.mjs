// npm run retrieval [-- --seed 16] [--model models/minilm]: how often search finds what answers a question.
//
// 200 questions over 50 documents in each language, made from a seed (src/retrieval/testing/questions.ts): the share whose
// answer stands in the first three chunks, by words (BM25), by meaning (vectors of the model, int8 rows) and by both. Without
// the model by words alone; a language of which the model knows too little is not searched by meaning.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { readOptions, wholeNumber } from './options.mjs'
import { ensureInstall, ensureNode, main, root } from './setup.mjs'
import { openSources } from './sources.mjs'

const percent = (share) => `${(100 * share).toFixed(1)} %`

main(async () => {
  ensureNode()
  const { values } = readOptions(import.meta.url, {
    options: { seed: { type: 'string' }, model: { type: 'string', default: path.join(root, 'models/minilm') } },
  })
  const seed = wholeNumber(values, 'seed', { fallback: 16 })
  ensureInstall()
  const vite = await openSources()
  const load = (file) => vite.ssrLoadModule(file)
  const { Bm25, fuse, mostUnknown, packRows, scan, unknownShare, wordsOf } = await load('/src/retrieval/index.ts')
  const { chunksOf, hitAt3, makeQuestions } = await load('/src/retrieval/testing/questions.ts')
  const { loadEngine } = await load('/src/engine/index.ts')
  const { diskModel } = await load('/src/engine/testing/disk.ts')
  const engine = existsSync(values.model) ? await loadEngine(diskModel(values.model), { device: 'cpu' }) : null
  if (!engine) console.log(`No model at ${values.model}: by words alone. "npm run model minilm" brings one.`)

  for (const language of ['en', 'zh']) {
    const set = makeQuestions(language, seed)
    const chunks = chunksOf(set)
    const index = new Bm25()
    for (const { searched } of chunks) index.add(wordsOf(searched))
    const byWords = set.questions.map(({ text }) => index.search(wordsOf(text), 50))
    console.log(
      `${language}  ${set.questions.length} questions, ${set.documents.length} documents, ${chunks.length} chunks`,
    )
    console.log(`    by words    hit@3 ${percent(hitAt3(set, chunks, (q) => byWords[q]))}`)
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
    for (const { searched } of chunks) {
      vectors.push(await read(searched))
      if (vectors.length % 50 === 0) console.log(`    ${vectors.length} chunks read`)
    }
    const dims = vectors[0].length
    const all = new Float32Array(vectors.length * dims)
    vectors.forEach((vector, i) => all.set(vector, i * dims))
    const rows = packRows(all, dims)
    const byMeaning = []
    for (const { text } of set.questions) byMeaning.push(scan(rows, await read(text), 50))
    console.log(
      `    by meaning  hit@3 ${percent(hitAt3(set, chunks, (q) => byMeaning[q]))}   (${percent(unknown)} unknown)`,
    )
    console.log(`    by both     hit@3 ${percent(hitAt3(set, chunks, (q) => fuse(byWords[q], byMeaning[q], 3)))}`)
  }
  engine?.dispose()
  await vite.close()
  process.exit(0) // threads of the processor would keep it
})
