// npm run bench: how fast the built page is, measured in a headless Chrome where people use it.
//
//   npm run bench -- [--model ID|FILE|DIR] [--device auto|gpu|cpu] [--threads N[,N…]] [--tokens N] [--repeats N]
//                    [--depth quick|full] [--counts | --peers | --glass | --formats | --train] [--json] [--software]
//
// Medians over the repeats (--repeats, default 3), after one warm-up, of answers of --tokens tokens (default 64).
// --model is a model of the page (default: storyteller), a folder of models/, a file or a folder. --json prints every
// number. --device says what computes, and what to force of the GPU (gpu,f32,nosubgroups,class=software): the page chooses (auto, the default), or it must be the GPU, or the processor in
// a Chrome without WebGPU. --threads is how many threads of the processor, or several numbers to compare: 1,2,4.
// --depth is how much of what the page's Speed panel measures is printed, too: decode behind 0 and 512 tokens, or also
// 2,048; prefill, loads, compiling, what looking costs, kernels one by one, memory.
// --software does not look for a real GPU.
// --counts counts what one decoded token asks of the GPU instead, in the page's worker, for the model and for three small
// ones of other shapes: nothing is timed, so a busy machine and a software adapter tell the same.
// --peers runs wllama (llama.cpp as WebAssembly) in turns with this engine: the same GGUF, prompts and threads. With
// --device gpu it runs onnxruntime-web (WebGPU), too, on a graph of the same shape with random weights, in the same Chrome
// on the same adapter, beside the file's format and NF4; --tokens is 8 then, as it can take seconds for each, and --builds
// names its builds: default, jspi, jsep, each also as default-f32 (comma-separated); --ops times single ops, too. Peers are installed apart, by npm ci
// --prefix scripts/peers. --glass measures what looking inside costs instead.
// --formats measures every weight format beside NF4 instead: decode and prefill per byte read, on the processor, or on the
// GPU with --device gpu.
// --train measures teaching beside reading, in Node: tokens a second there and back with the update, as a ratio to a forward of
// the same text, launches and submits of a step, memory.
// Prompts differ in their first word, so no keys and values are reused. A software adapter is fit for comparing two
// versions of the code on one machine, not for telling how fast a model is.
import path from 'node:path'
import { answerRows, measureAnswers } from './bench-answers.mjs'
import { countsTable, measureCounts } from './bench-counts.mjs'
import { formatsTable, measureFormats } from './bench-formats.mjs'
import { glassTable, measureGlass } from './bench-glass.mjs'
import { deviceWords, number, plural, scaling } from './bench-numbers.mjs'
import { measureSections, sectionRows } from './bench-sections.mjs'
import { measureTraining, trainingTable } from './bench-train.mjs'
import { measurePeers, peersTable } from './bench-peers.mjs'
import { measureGpuPeers, readBuilds } from './bench-peers-gpu.mjs'
import { chromeVersion, findChrome } from './chrome.mjs'
import { deviceLoad, deviceOption, deviceParam, modelFiles, openPage, storeModel, waitReady } from './drive.mjs'
import { watchHeaps } from './heap.mjs'
import { readOptions, wholeNumber } from './options.mjs'
import { gpuPeersTable } from './peers-table.mjs'
import { main, Problem } from './setup.mjs'
import { firstLoad } from './size.mjs'

function read() {
  const { values } = readOptions(import.meta.url, {
    options: {
      model: { type: 'string', default: 'storyteller' },
      device: { type: 'string', default: 'auto' },
      threads: { type: 'string' },
      tokens: { type: 'string' },
      builds: { type: 'string', default: 'default' },
      ops: { type: 'boolean', default: false },
      depth: { type: 'string', default: 'quick' },
      repeats: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      counts: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      glass: { type: 'boolean', default: false },
      formats: { type: 'boolean', default: false },
      train: { type: 'boolean', default: false },
      software: { type: 'boolean', default: false },
    },
  })
  const { device, force } = deviceOption(values)
  const threads = values.threads?.split(',').map((one) => wholeNumber({ threads: one }, 'threads', { max: 4 }))
  if (threads && device === 'gpu' && !values.peers) {
    throw new Problem(
      '--threads is of the processor, and --device gpu leaves it out. Say --device cpu, or no --threads.',
    )
  }
  if (values.glass && (threads || values.peers)) throw new Problem('--glass goes with neither --threads nor --peers.')
  if (values.formats && (threads || values.peers || values.glass)) {
    throw new Problem('--formats goes with none of --threads, --peers and --glass.')
  }
  if (values.counts && (threads || values.peers || values.glass || values.formats || device === 'cpu')) {
    throw new Problem('--counts is of the GPU, and goes with none of --threads, --peers, --glass and --formats.')
  }
  if (values.train && (values.peers || values.glass || values.formats || values.counts)) {
    throw new Problem('--train goes with none of --counts, --peers, --glass and --formats.')
  }
  if (!['quick', 'full'].includes(values.depth)) throw new Problem(`--depth is quick or full; it is "${values.depth}".`)
  const onGpu = values.peers && device === 'gpu'
  if (force && (values.glass || values.formats)) {
    throw new Problem(`--glass and --formats run on the device as it is, without ${force}.`)
  }
  return {
    ...values,
    device,
    force,
    threads,
    onGpu,
    builds: readBuilds(values.builds),
    tokens: wholeNumber(values, 'tokens', { min: onGpu ? 2 : 1, fallback: onGpu ? 8 : 64 }),
    repeats: wholeNumber(values, 'repeats'),
    files: modelFiles(values.model),
  }
}

const print = (rows) => {
  for (const [name, value] of rows) console.log(`${name.padEnd(26)}${value}`)
}

function table(result) {
  const { measured } = result
  const mib = number(result.weightBytes / 2 ** 20)
  print([
    [
      'model',
      `${result.model}: ${result.family}, ${number(result.parameters / 1e6)} M parameters, ${result.formats}, ${mib} MiB of weights`,
    ],
    ['machine', `${plural(result.cores, 'core')}, ${result.adapter ?? 'no WebGPU adapter'}, ${result.chrome}`],
    [
      'page open → ready',
      `${number(result.openSeconds, 2)} s (first visit, ${result.embedded ? 'this' : 'the embedded'} model)`,
    ],
    ...(result.importSeconds === null ? [] : [['import into storage', `${number(result.importSeconds, 2)} s`]]),
    ['first-load JavaScript', `${number(result.firstLoadBytes / 1024)} kB gzip`],
  ])
  for (const one of measured) print([['device', deviceWords(one.info)], ...answerRows(one)])
  print(sectionRows(result.sections))
  print(
    scaling(
      measured.map(({ threads, values }) => ({
        threads,
        decodeMs: 1000 / values.decodePerSecond,
        prefillPerSecond: values.prefillPerSecond,
      })),
    ).map(({ name, words }) => [name, words]),
  )
}

async function measureIn(glass, options) {
  const { page, context } = glass
  const heaps = await watchHeaps(context, page)
  const start = Date.now()
  await page.goto(`${glass.url}?lang=en${deviceParam(options)}#/chat`)
  await waitReady(page, 300_000)
  const openSeconds = (Date.now() - start) / 1000
  const { id, importSeconds } = await storeModel(page, options)
  const about = { adapter: glass.adapter, chrome: chromeVersion(findChrome()) }
  if (options.glass) {
    await page.close()
    return { model: id, ...about, ...(await measureGlass(glass, { ...options, model: id })) }
  }
  const measured = await measureAnswers({ ...options, threads: options.threads ?? [undefined], page, heaps, id })
  const [{ info }] = measured
  return {
    model: options.files ? path.basename(options.model) : id,
    embedded: id === 'storyteller',
    family: info.family,
    parameters: info.parameters,
    formats: info.formats.linear,
    weightBytes: info.bytes.weights,
    ...about,
    cores: await page.evaluate(() => navigator.hardwareConcurrency),
    repeats: options.repeats,
    openSeconds,
    importSeconds,
    firstLoadBytes: firstLoad().bytes,
    measured,
    sections: await measureSections(page, {
      id,
      depth: options.depth,
      load: { ...deviceLoad(options), ...(options.threads && { threads: options.threads.at(-1) }) },
    }),
  }
}

async function inOnePage(options) {
  const glass = await openPage(options)
  try {
    return await measureIn(glass, options)
  } finally {
    await glass.close()
  }
}

main(async () => {
  const options = read()
  const [measure, print] = options.counts
    ? [measureCounts, countsTable]
    : options.train
      ? [measureTraining, trainingTable]
      : options.formats
        ? [measureFormats, formatsTable]
        : options.peers
          ? options.onGpu
            ? [measureGpuPeers, gpuPeersTable]
            : [measurePeers, peersTable]
          : [inOnePage, options.glass ? glassTable : table]
  const result = await measure(options)
  if (options.json) console.log(JSON.stringify(result, null, 2))
  else print(result)
})
