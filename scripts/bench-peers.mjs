// npm run bench -- --peers: the built page beside wllama, in turns, in two browsers of one machine.
//
// Same GGUF, prompts, context and number of threads; greedy; every prompt is read anew. Each number of threads begins
// with fresh browsers, whose memory is watched through load and warm-up. An answer that is empty, shorter than asked or
// not one that this model gives is an error, never a number.
import { availableParallelism } from 'node:os'
import { askOurs, judge, loadOurs, storeOurs, textOfLength } from './bench-ours.mjs'
import { deviceWords, median, number, plural, scaling } from './bench-numbers.mjs'
import { askWllama, loadWllama, serveWllama, wllamaVersion } from './bench-wllama.mjs'
import { chromeVersion, findChrome } from './chrome.mjs'
import { deviceLoad, openBrowser, openPage } from './drive.mjs'
import { watchRenderer } from './renderer.mjs'
import { Problem } from './setup.mjs'

// wllama's own default, and enough for what is asked
const context = 1024
const lengths = { short: 64, long: 256, decode: 96 }
const decodeTokens = 64 // from 96 to 160: 128 on average
const checkTokens = 32
const names = ['Mia', 'Tom', 'Anna', 'Ben', 'Lily', 'Max', 'Rosa', 'Paul', 'Ella', 'Leo']

/** Both answers to one text, checked: as long as asked, of as many prompt tokens, none of them kept from before. */
async function ask(sides, order, text, max) {
  const answers = {}
  for (const name of order) {
    const answer = await sides[name].ask({ text, max })
    if (answer.tokens !== max || (answer.text.trim() === '' && max > 1)) {
      throw new Problem(
        `${name} wrote ${answer.tokens} tokens of ${max} (${JSON.stringify(answer.text)}): not a number to tell.`,
      )
    }
    if (answer.reusedTokens) throw new Problem(`${name} kept ${answer.reusedTokens} tokens from before.`)
    answers[name] = answer
  }
  const { ours, wllama } = answers
  if (ours.promptTokens !== wllama.promptTokens) {
    throw new Problem(`The prompt is ${ours.promptTokens} tokens here and ${wllama.promptTokens} for wllama.`)
  }
  return answers
}

/** wllama's answer must be one this model gives: at least half of its tokens are our first choice after those before. */
async function check(sides, page) {
  const text = await textOfLength(page, lengths.decode, 'Once')
  const { ours, wllama } = await ask(sides, ['ours', 'wllama'], text, checkTokens)
  const { tokens, first } = await judge(page, { text, answer: wllama.text })
  if (first < tokens / 2) {
    throw new Problem(`wllama's answer is none that this model gives: ${JSON.stringify(wllama.text)}`)
  }
  return { ours: ours.text, wllama: wllama.text, tokens, firstChoices: first }
}

async function round(sides, texts, order) {
  const short = await ask(sides, order, texts.short, 1)
  const long = await ask(sides, order, texts.long, 1)
  const decode = await ask(sides, order, texts.decode, decodeTokens)
  return Object.fromEntries(
    order.map((name) => [
      name,
      {
        decodeMs: decode[name].decodeMs,
        prefillPerSecond: short[name].prefillPerSecond,
        longPrefillPerSecond: long[name].prefillPerSecond,
        firstTokenSeconds: short[name].firstTokenSeconds,
      },
    ]),
  )
}

const best = {
  decodeMs: Math.min,
  firstTokenSeconds: Math.min,
  prefillPerSecond: Math.max,
  longPrefillPerSecond: Math.max,
}

/** All numbers of one number of threads. */
async function compare(server, options, file, threads) {
  const say = (words) => console.error(`${plural(threads, 'thread')}: ${words}`)
  const glass = await openPage({ ...options, port: 4650 })
  const other = await openBrowser({ webgpu: false })
  try {
    const id = await storeOurs(glass.context, glass.url, options.files)
    await glass.page.close()
    const page = await glass.context.newPage()
    const watches = { ours: await watchRenderer(glass.browser), wllama: await watchRenderer(other.browser) }
    const load = { context, ...deviceLoad(options), ...(options.device !== 'gpu' && { threads }) }
    const { info, loadSeconds } = await loadOurs(page, glass.url, id, load)
    say(`ours loaded in ${number(loadSeconds)} s (${deviceWords(info)})`)
    if (info.device.kind === 'cpu' && info.device.threads !== threads) {
      throw new Problem(`The engine runs ${deviceWords(info)}, where ${plural(threads, 'thread')} were asked for.`)
    }
    const about = await loadWllama(other.page, server.url, { file, context, threads })
    say(`wllama loaded in ${number(about.loadSeconds)} s`)
    const sides = {
      ours: { ask: (what) => askOurs(page, what) },
      wllama: { ask: (what) => askWllama(other.page, what) },
    }
    // one text has another first word than the one before it: only what was read last is kept
    const textsOf = async (n) => {
      const texts = {}
      for (const [i, name] of Object.keys(lengths).entries()) {
        texts[name] = await textOfLength(page, lengths[name], names[(3 * n + i) % names.length])
      }
      return texts
    }
    const answers = await check(sides, page)
    await round(sides, await textsOf(0), ['ours', 'wllama']) // warms both
    const memory = { ours: await watches.ours.peak(), wllama: await watches.wllama.peak() }
    const runs = []
    for (let n = 1; n <= options.repeats; n++) {
      const order = n % 2 ? ['ours', 'wllama'] : ['wllama', 'ours']
      runs.push(await round(sides, await textsOf(n), order))
      say(
        `round ${n}: decode ${number(runs.at(-1).ours.decodeMs)} and ${number(runs.at(-1).wllama.decodeMs)} ms, prefill ${number(runs.at(-1).ours.prefillPerSecond)} and ${number(runs.at(-1).wllama.prefillPerSecond)} tokens/s`,
      )
    }
    const summary = (name) => {
      const of = (key) => runs.map((run) => run[name][key])
      const keys = Object.keys(best)
      return {
        loadSeconds: name === 'ours' ? loadSeconds : about.loadSeconds,
        memory: memory[name],
        values: Object.fromEntries(keys.map((key) => [key, median(of(key))])),
        best: Object.fromEntries(keys.map((key) => [key, best[key](...of(key))])),
      }
    }
    return { threads, info, llama: about.llama, answers, ours: summary('ours'), wllama: summary('wllama'), runs }
  } finally {
    await other.browser.close()
    await glass.close()
  }
}

/** The only GGUF among a model's files. */
export function oneGguf(files) {
  const ggufs = files?.filter((file) => /\.gguf$/i.test(file)) ?? []
  if (ggufs.length === 1) return ggufs[0]
  throw new Problem('--peers compares on one GGUF: give --model a .gguf file or its folder.')
}

/** @param options bench's; `files` must hold one GGUF */
export async function measurePeers(options) {
  const version = wllamaVersion()
  const file = oneGguf(options.files)
  const cores = availableParallelism()
  const server = await serveWllama()
  const measured = []
  try {
    for (const threads of options.threads ?? [Math.min(cores, 4)]) {
      measured.push(await compare(server, { ...options, files: [file] }, file, threads))
    }
  } finally {
    server.close()
  }
  return {
    model: file,
    wllama: version,
    context,
    cores,
    chrome: chromeVersion(findChrome()),
    repeats: options.repeats,
    measured,
  }
}

export function peersTable({ model, wllama, cores, chrome, measured, repeats }) {
  const cell = (text) => text.padEnd(24)
  const line = (name, ...cells) => console.log(`${name.padEnd(26)}${cells.map(cell).join('')}`.trimEnd())
  const [{ answers, info, llama }] = measured
  line('model', `${model.split(/[\\/]/).at(-1)}: ${info.family}, ${number(info.parameters / 1e6)} M parameters`)
  line('machine', `${plural(cores, 'core')}, ${chrome}`)
  line('peer', `@wllama/wllama ${wllama} (llama.cpp ${llama}); both with a context of ${number(context)}`)
  line('numbers', `medians of ${plural(repeats, 'round')} in turns, and the best in brackets`)
  line('answer here', JSON.stringify(answers.ours))
  line('answer of wllama', JSON.stringify(answers.wllama))
  line(
    '',
    answers.ours === answers.wllama
      ? 'the same text'
      : `another text; ${answers.firstChoices} of its ${answers.tokens} tokens are our first choice, too`,
  )
  for (const one of measured) {
    const { ours, wllama: peer } = one
    const row = (name, key, unit, of, digits = 1) =>
      line(
        name,
        ...[ours, peer].map(
          ({ values, best: top }) => `${number(values[key], digits)} ${unit} (${number(top[key], digits)})`,
        ),
        `${number(ours.values[key] / peer.values[key], 2)} x ${of}`,
      )
    const memory = (name, key) =>
      ours.memory
        ? line(
            name,
            ...[ours, peer].map(({ memory: peak }) => `${number(peak[key] / 2 ** 20, 0)} MiB`),
            `${number(ours.memory[key] / peer.memory[key], 2)} x`,
          )
        : line(name, 'UNRUN: it is read from /proc, which only Linux has')
    console.log()
    line('device', deviceWords(one.info))
    line(plural(one.threads, 'thread'), 'here', 'wllama')
    row('decode at about 128', 'decodeMs', 'ms', "wllama's time")
    row('prefill, 64 tokens', 'prefillPerSecond', 'tok/s', 'its rate')
    row('prefill, 256 tokens', 'longPrefillPerSecond', 'tok/s', 'its rate')
    row('first token, 64 tokens', 'firstTokenSeconds', 's', 'its time', 2)
    memory('renderer, peak RSS', 'rss')
    memory('renderer, peak PSS', 'pss')
    memory('renderer, RSS at rest', 'now')
  }
  if (measured.length > 1) console.log()
  for (const side of ['ours', 'wllama']) {
    const all = scaling(measured.map(({ threads, [side]: { values } }) => ({ threads, ...values })))
    for (const { name, words } of all) line(`${side === 'ours' ? 'here' : side}, ${name}`, words)
  }
}
