// Measures a model in a worker of its own: what it loads and keeps goes with that worker, and the chat's model is never in
// the way. Every number is several rounds' median with the least and the most; none is taken before the text that was
// read at once and the text that was read token by token have given the same.

import { EngineError } from '../../engine/errors.ts'
import type { Client, GenerateStats, LoadRequest, ModelInfo } from '../../worker/protocol.ts'
import type { BenchResult, Depth, Look, Measured, Part } from './types.ts'

export const depths: Record<'quick' | 'full', Depth> = {
  quick: { contexts: [0, 512], prompts: [64], repeats: 3, tokens: 12 },
  full: { contexts: [0, 512, 2048], prompts: [64, 512], repeats: 5, tokens: 32 },
}
const kinds: readonly { look: Look; top: number }[] = [
  { look: 'none', top: 0 },
  { look: 'listed', top: 20 },
  { look: 'best', top: 64 },
  { look: 'inside', top: 20 },
]
/** tokens that are read and written to see that both ways agree */
const CHECKED = { prompt: 24, tokens: 8 }
/** log-probabilities of the same token, read at once and token by token, differ by rounding only */
const NEAR = 5e-3

export const measured = (values: readonly number[]): Measured => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
  return { median: middle, min: sorted[0]!, max: sorted.at(-1)! }
}

interface Asked {
  client: Client
  id: string
  options: LoadRequest
  depth: Depth
  signal: AbortSignal
  /** told before each part what comes, and how much is done, from 0 to 1 */
  report: (part: Part, done: number) => void
}

interface Answer {
  stats: GenerateStats
  ids: number[]
  /** of the last token */
  logprob: number
  /** seconds until the first token */
  first: number
}

/** @throws ABORTED; what loading throws; NUMERIC where the model reads two ways and finds two things */
export async function measureModel(asked: Asked): Promise<BenchResult> {
  const { client, id, options, depth, signal, report } = asked
  const parts: Part[] = ['cold', 'check', 'decode', 'prefill', 'first', 'looks', 'kernels', 'memory', 'warm']
  const begin = (part: Part, done = 0): void => {
    if (signal.aborted) throw new EngineError('ABORTED', 'Measuring was stopped.')
    report(part, (parts.indexOf(part) + done) / parts.length)
  }
  const load = async (): Promise<{ info: ModelInfo; seconds: number }> => {
    const started = performance.now()
    const info = await client.load(id, options, { signal })
    return { info, seconds: (performance.now() - started) / 1000 }
  }

  begin('cold')
  const { info, seconds: cold } = await load()
  if (!info.does.includes('generate')) {
    throw new EngineError('TASK_UNSUPPORTED', 'Cannot measure: this model writes no text.', { asked: 'generate' })
  }
  const ask = await asker(client, info, signal)
  const { repeats, tokens } = depth
  // as far as the model's own context goes
  const contexts = within(depth.contexts, info.context - tokens - 2)
  const prompts = within(depth.prompts, info.context - 2)
  const short = Math.min(64, info.context - tokens - 2)

  begin('check')
  await check(ask, info)

  // kernels that draw tokens are made ready behind the first answers
  for (let n = 0; n < 20; n++) {
    begin('check', (n + 1) / 21)
    if ((await ask({ length: short, salt: 5, tokens })).stats.drawnByHost !== 'soon') break
    await new Promise((resolve) => setTimeout(resolve, 500))
  }

  const decode: BenchResult['decode'] = []
  let counts: GenerateStats | null = null
  for (const [i, context] of contexts.entries()) {
    const times: number[] = []
    for (let n = 0; n <= repeats; n++) {
      begin('decode', (i + n / (repeats + 1)) / contexts.length)
      // behind the same text: it is read once
      const { stats } = await ask({ length: Math.max(1, context), salt: 1, tokens })
      if (n > 0) times.push((1000 * stats.decodeSeconds) / (tokens - 1))
      counts = stats
    }
    decode.push({ context, ms: measured(times) })
  }

  let salt = 10
  const prefill: BenchResult['prefill'] = []
  for (const [i, length] of prompts.entries()) {
    const rates: number[] = []
    for (let n = 0; n <= repeats; n++) {
      begin('prefill', (i + n / (repeats + 1)) / prompts.length)
      const { stats } = await ask({ length, salt: salt++, tokens: 1 })
      if (n > 0) rates.push((length - stats.reusedTokens) / stats.prefillSeconds)
    }
    prefill.push({ tokens: length, perSecond: measured(rates) })
  }

  const firsts: number[] = []
  for (let n = 0; n < repeats; n++) {
    begin('first', n / repeats)
    firsts.push((await ask({ length: short, salt: salt++, tokens: 1 })).first)
  }

  const looks: BenchResult['looks'] = []
  for (const [i, { look, top }] of kinds.entries()) {
    if (look === 'inside') await client.glass.info() // from here on it stays open
    const times: number[] = []
    for (let n = 0; n <= repeats; n++) {
      begin('looks', (i + n / (repeats + 1)) / kinds.length)
      const { stats } = await ask({ length: short, salt: 2, tokens, top })
      if (n > 0) times.push((1000 * stats.decodeSeconds) / (tokens - 1))
    }
    looks.push({ look, ms: measured(times) })
  }

  begin('kernels')
  const context = contexts.at(-1) ?? 0
  const kernels: BenchResult['kernels'] = []
  for (const rows of [1, short]) {
    begin('kernels', rows > 1 ? 0.5 : 0)
    kernels.push(await client.bench.kernels(rows, context))
  }
  begin('memory')
  const bandwidth = await client.bench.bandwidth()
  const traffic = { ...(await client.bench.traffic(context)), context }
  const compiled = await client.bench.compiled()

  const warm: number[] = []
  for (let n = 0; n < repeats; n++) {
    begin('warm', n / repeats)
    warm.push((await load()).seconds)
  }
  const { dispatchesPerToken, passesPerToken, submitsPerToken, writesPerToken, readBytesPerToken, waitsPerToken } =
    counts!
  return {
    version: 1,
    at: Date.now(),
    model: {
      id,
      name: info.title ?? id,
      family: info.family,
      parameters: info.parameters,
      format: info.formats.linear,
    },
    device: {
      kind: info.device?.kind ?? 'reference',
      adapter: info.device?.kind === 'gpu' ? `${info.adapter!.vendor} ${info.adapter!.architecture}`.trim() : null,
      software: info.device?.kind === 'gpu' && info.adapter!.kind === 'software',
      threads: info.device?.threads ?? null,
      // Node 20, where tests run, has no navigator
      cores: globalThis.navigator?.hardwareConcurrency ?? 1,
      browser: globalThis.navigator?.userAgent ?? '',
    },
    checked: CHECKED.tokens,
    load: { cold, warm: measured(warm) },
    compile: compiled.length ? { kernels: compiled.length, ...compileTime(compiled) } : null,
    firstToken: { tokens: short, seconds: measured(firsts) },
    decode,
    prefill,
    looks,
    counts: { dispatchesPerToken, passesPerToken, submitsPerToken, writesPerToken, readBytesPerToken, waitsPerToken },
    kernels,
    memory: info.bytes,
    traffic,
    bandwidth,
  }
}

/** Seconds in which at least one kernel was being compiled, and the one that took longest. */
export function compileTime(
  compiled: readonly { label: string; from: number; milliseconds: number }[],
): Pick<NonNullable<BenchResult['compile']>, 'seconds' | 'slowest'> {
  let [milliseconds, end] = [0, -Infinity]
  for (const one of [...compiled].sort((a, b) => a.from - b.from)) {
    const stop = one.from + one.milliseconds
    milliseconds += Math.max(0, stop - Math.max(end, one.from))
    end = Math.max(end, stop)
  }
  const slowest = compiled.reduce((most, one) => (one.milliseconds > most.milliseconds ? one : most))
  return { seconds: milliseconds / 1000, slowest }
}

/** Lengths that are no longer than `most`; in place of those that are, `most` itself. */
const within = (lengths: readonly number[], most: number): number[] => [
  ...new Set(lengths.map((n) => Math.min(n, Math.max(0, most)))),
]

interface Question {
  length: number
  /** texts of another salt begin with another token: nothing of the one is kept for the other */
  salt: number
  tokens: number
  top?: number
  /** these tokens behind the text */
  more?: readonly number[]
}
type Ask = (question: Question) => Promise<Answer>

async function asker(client: Client, info: ModelInfo, signal: AbortSignal): Promise<Ask> {
  const { eos, added } = await client.tokenizer.facts('loaded')
  // what would end an answer early is never drawn
  const ends = [...eos, ...added.filter(({ special }) => special).map(({ id }) => id)].filter((id) => id < info.vocab)
  const logitBias = Object.fromEntries(ends.map((id) => [id, -1e4]))
  return async ({ length, salt, tokens, top = 0, more = [] }) => {
    const ids = [...Array.from({ length }, (_, i) => (31 * salt + 7 * i + 5) % info.vocab), ...more]
    const started = performance.now()
    let first = 0
    let logprob = 0
    const written: number[] = []
    // a guess that is right would save a forward: what is timed is a token that is computed
    const options = { maxTokens: tokens, temperature: 0, top, logitBias, speculation: 'off', signal } as const
    for await (const event of client.generate({ ids }, options)) {
      if (event.type === 'token') {
        first ||= (performance.now() - started) / 1000
        written.push(event.id)
        ;({ logprob } = event)
      }
      if (event.type !== 'done') continue
      if (event.reason === 'aborted') throw new EngineError('ABORTED', 'Measuring was stopped.')
      return { stats: event.stats, ids: written, logprob, first }
    }
    throw new EngineError('INTERNAL', 'An answer had no end.')
  }
}

/** The same text twice: a token at a time, and all of it at once. @throws NUMERIC */
async function check(ask: Ask, info: ModelInfo): Promise<void> {
  const length = Math.max(1, Math.min(CHECKED.prompt, info.context - CHECKED.tokens - 2))
  const stepped = await ask({ length, salt: 3, tokens: CHECKED.tokens })
  await ask({ length, salt: 4, tokens: 1 }) // nothing of the first text is left
  const whole = await ask({ length, salt: 3, tokens: 1, more: stepped.ids.slice(0, -1) })
  const apart = Math.abs(whole.logprob - stepped.logprob)
  if (whole.ids[0] === stepped.ids.at(-1) && apart <= NEAR) return
  throw new EngineError(
    'NUMERIC',
    `The model gives token ${whole.ids[0]} where a text is read at once and ${stepped.ids.at(-1)} where it is read token by token (log-probabilities ${apart} apart): nothing of it is timed.`,
    { step: 'bench', value: apart },
  )
}
