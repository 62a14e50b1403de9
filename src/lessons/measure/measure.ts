// The numbers of one step: runs are made when one of them is asked for, and every answer is kept, so that the same
// question is answered once; and once for several steps and stories, where they are given what is `known` already.

import { checkAborted } from '../../engine/errors.ts'
import type { Edit, Glass } from '../../engine/glass/types.ts'
import { deedsOf, fill, promptOf, slotsOf, wordsOf } from '../fill.ts'
import { checkNames } from '../predicate/check.ts'
import { valueOf, verdictOf, type Scope } from '../predicate/evaluate.ts'
import { parseClaim, parseExpression } from '../predicate/parse.ts'
import { deeds } from '../panels.ts'
import type { Token, Value, Verdict } from '../predicate/values.ts'
import { invalid, type At } from '../problem.ts'
import type { Both, Cast, Language, Lesson, Place, RunSpec, Step } from '../types.ts'
import type { Asks, Read, Ready, Written } from './asks.ts'
import { editsOf } from './edits.ts'
import { functionsOf } from './functions/index.ts'
import { plainSampling, type Host, type Model, type Piece } from './host.ts'
import type { Panels } from './panels.ts'
import { rangeOf, type Range } from './places.ts'
import { readRecorded, recordedModel, writtenIn, type Recorded } from './recorded.ts'
import { Runs } from './runs.ts'

/** Runs that were made, of all that the question needs. */
export interface Progress {
  readonly done: number
  readonly total: number
}
export interface Watching {
  readonly onProgress?: (progress: Progress) => void
}

/** What is measured: a step of a lesson, told in one language with one cast. */
export interface Measured {
  readonly lesson: Pick<Lesson, 'words' | 'prompts' | 'model' | 'sets'>
  readonly step: Pick<Step, 'id' | 'runs'> & Partial<Pick<Step, 'act'>>
  readonly language: Language
  readonly cast: Cast
}

/** Texts that were read and questions that were answered, by all that they depend on. */
export class Known {
  readonly reads = new Map<string, Promise<Read>>()
  readonly answers = new Map<string, Promise<unknown>>()
}

export const inLanguage = <T>(text: T | Both<T>, language: Language): T =>
  typeof text === 'object' && text !== null && 'en' in text ? (text as Both<T>)[language] : (text as T)

/** Not to be asked twice at a time; nobody else may use the model meanwhile. */
export class Measure implements Asks {
  private readonly runs: Runs
  private readonly readies = new Map<string, Promise<Ready>>()
  private readonly recordings = new Map<string, Promise<Recorded>>()
  private readonly made = new Set<string>()
  private recordedName: string | null = null
  private computed = false
  private readonly asked = new Set<string>()
  private onPanels: Promise<Panels> | null = null
  private total = 0
  private onProgress: Watching['onProgress']
  private readonly scope: Scope
  readonly first: string

  /**
   * @param signal ends what is being read or written: whoever asked is told ABORTED
   * @param known of other steps and stories, by the same models
   * @throws LESSON_INVALID for slots that nothing fills
   */
  constructor(
    private readonly host: Host,
    private readonly what: Measured,
    private readonly signal?: AbortSignal,
    private readonly known = new Known(),
  ) {
    const { lesson, step, language, cast } = what
    const runs = Object.keys(step.runs)
    this.runs = new Runs(host, signal)
    this.first = runs[0] ?? ''
    this.scope = {
      functions: functionsOf(this),
      runs: new Set(runs),
      run: this.first,
      words: wordsOf(slotsOf(lesson, language, cast)),
      answer: () => this.top(this.first),
      position: (place, run, at, side) => this.position(place, run, at, side),
    }
  }

  // ---- questions of a step -------------------------------------------------------------------------------------------

  /** Is the claim true, by numbers computed now? @throws LESSON_INVALID; ABORTED; what the engine throws */
  verdict(claim: string | Both<string>, watching: Watching = {}): Promise<Verdict> {
    const parsed = parseClaim(inLanguage(claim, this.what.language))
    return this.watched(this.check(parsed), watching, () => verdictOf(parsed, this.scope))
  }
  value(expression: string | Both<string>, watching: Watching = {}): Promise<Value> {
    const parsed = parseExpression(inLanguage(expression, this.what.language))
    return this.watched(this.check(parsed), watching, () => valueOf(parsed, this.scope))
  }
  /** A run's text and its edits as the glass takes them: what the page brings on screen, and what a hand is to do. */
  ready(name: string): Promise<Ready> {
    return this.kept(this.readies, name, async () => {
      const spec = this.spec(name)
      const { lesson, language, cast } = this.what
      const base = { ...(await this.read(spec)), name, spec, slots: slotsOf(lesson, language, cast, spec), edits: [] }
      return { ...base, edits: await this.edits(base) }
    })
  }
  /** Leaves the model without edits; what is known stays known. */
  end(): Promise<void> {
    return this.runs.end()
  }

  private check(parsed: Parameters<typeof checkNames>[0]): string[] {
    const { functions, runs, words } = this.scope
    return checkNames(parsed, { functions, runs, words: new Set(words.keys()) })
  }
  private async watched<T>(runs: readonly string[], { onProgress }: Watching, work: () => Promise<T>): Promise<T> {
    this.total = new Set([...this.made, ...runs]).size
    this.onProgress = onProgress
    try {
      return await work()
    } finally {
      this.onProgress = undefined
    }
  }

  // ---- runs ----------------------------------------------------------------------------------------------------------

  spec(name: string): RunSpec {
    const { runs } = this.what.step
    const spec = Object.hasOwn(runs, name) ? runs[name] : undefined
    if (!spec) throw invalid('run', { found: name })
    return spec
  }
  async modelOf(spec: RunSpec): Promise<Model> {
    const recorded = this.recordedOf(spec)
    if (recorded) return (await recorded).model
    this.asked.add(this.nameOf(spec))
    return this.runs.use(this.nameOf(spec), spec.adapters ?? {})
  }
  private nameOf(spec: RunSpec): string {
    return spec.model ?? this.what.lesson.model
  }
  /** null: the model is asked */
  private recordedOf(spec: RunSpec): Promise<Recorded> | null {
    const { trace } = spec
    if (trace === undefined || this.host.live(this.nameOf(spec))) return null
    return this.kept(this.recordings, trace, async () => {
      const found = await recordedModel(await this.host.recorded(trace))
      this.recordedName = found.name
      return found
    })
  }
  /**
   * Name of the model whose recorded runs were asked, null: none; whether anything else was, if only a tokenizer; and
   * which models that was, by their folders.
   */
  get sources(): { recorded: string | null; computed: boolean; models: readonly string[] } {
    const { recordedName: recorded, asked } = this
    return { recorded, computed: this.computed || (recorded === null && this.onPanels === null), models: [...asked] }
  }
  private read(spec: RunSpec, cast: Cast = this.what.cast): Promise<Read> {
    const { lesson, language } = this.what
    const prompt = promptOf(lesson, spec, language, cast)
    const key = JSON.stringify([this.nameOf(spec), spec.adapters ?? {}, prompt, spec.trace ?? null])
    const recorded = this.recordedOf(spec)
    if (!recorded) this.computed = true
    return this.kept(this.known.reads, key, async () =>
      recorded ? readRecorded(await recorded, key, prompt) : this.runs.read(await this.modelOf(spec), key, prompt),
    )
  }
  private edits(run: Ready): Promise<Edit[]> {
    const { spec } = run
    const unedited = async (): Promise<Glass> => this.runs.bring(await this.modelOf(spec), run, [])
    const token = (word: string): Promise<number> => this.tokenOf(this.scope.words.get(word) ?? word, spec)
    return editsOf(spec.edits ?? [], this.what.language, {
      heads: async () => (await this.modelOf(spec)).info.heads,
      tokens: async (layer) => {
        const { encoder } = await (await unedited()).info()
        return encoder && layer < encoder.layers ? encoder.tokens.length : run.ids.length
      },
      word: (name) => (this.scope.words.get(name) ?? name).trim(),
      range: (place, side) => this.rangeIn(run, place, side),
      state: async (name, layer, place) => this.state(name, layer, await this.position(place, name)),
      length: async (layer, place) => {
        const [position] = await this.rangeIn(run, place)
        return Math.hypot(...(await residual(await unedited(), layer, position)))
      },
      direction: async (towards, from) => {
        const [to, away] = [await token(towards), from === undefined ? null : await token(from)]
        const glass = await unedited()
        const goal = await glass.direction(to)
        const start = away === null ? null : await glass.direction(away)
        const vector = Array.from(goal, (one, i) => one - (start?.[i] ?? 0))
        const length = Math.hypot(...vector)
        return vector.map((one) => one / length)
      },
    })
  }

  async ask<T>(
    name: string,
    key: string,
    work: (glass: Glass, run: Ready, model: Model) => Promise<T>,
    cast: Cast = this.what.cast,
  ): Promise<T> {
    const run = await this.told(name, cast)
    return this.answered(run, key, async () => {
      const model = await this.modelOf(run.spec)
      checkAborted(this.signal)
      const glass = run.recorded ? await model.glass() : await this.runs.bring(model, run, run.edits)
      return work(glass, run, model)
    })
  }
  async write(name: string, cast: Cast = this.what.cast): Promise<Written> {
    const run = await this.told(name, cast)
    const { spec } = run
    return this.answered(run, `write ${spec.write ?? 1} ${spec.begin ?? ''}`, async () => {
      if (run.recorded) return writtenIn(run.recorded, spec.write ?? 1)
      const index = run.ids.length - run.answerFrom
      const begun = spec.begin === undefined ? null : await this.top(name, undefined, spec.begin)
      return this.runs.write(await this.modelOf(spec), run, run.edits, {
        maxTokens: spec.write ?? 1,
        ...plainSampling,
        temperature: 0,
        ...spec.sampling,
        ...(begun && { force: { [index]: begun.id } }),
      })
    })
  }
  /**
   * The answer to a question about a run. Of a run by this name: two that read the same, one of them after an undo, are
   * both asked.
   */
  private async answered<T>(run: Ready, question: string, work: () => Promise<T>): Promise<T> {
    const key = JSON.stringify([run.name, question, run.key, run.edits, run.spec.sampling ?? {}])
    const answer = await this.kept(this.known.answers as Map<string, Promise<T>>, key, work)
    this.report(run.name)
    return answer
  }
  /** The run with this cast: the step's own, or one of a set. */
  private told(name: string, cast: Cast): Promise<Ready> {
    return cast === this.what.cast ? this.ready(name) : this.other(name, this.spec(name), cast)
  }
  /** The run with another cast: one of a set. */
  private async other(name: string, spec: RunSpec, cast: Cast): Promise<Ready> {
    const { lesson, language } = this.what
    const base = {
      ...(await this.read(spec, cast)),
      name,
      spec,
      slots: slotsOf(lesson, language, cast, spec),
      edits: [],
    }
    return { ...base, edits: await this.edits(base) }
  }
  private report(name: string): void {
    if (this.made.has(name)) return
    this.made.add(name)
    this.onProgress?.({ done: this.made.size, total: Math.max(this.total, this.made.size) })
  }

  /** What failed is tried again by who asks next. */
  private kept<T>(where: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
    const known = where.get(key)
    if (known) return known
    const begun = work()
    where.set(key, begun)
    begun.catch(() => where.delete(key))
    return begun
  }

  panels(): Promise<Panels> {
    const { lesson, step, language, cast } = this.what
    const done = deedsOf(lesson, { act: step.act ?? [] }, language, cast)
    if (done.some(({ what }) => deeds[what].asks)) this.computed = true
    this.onPanels ??= this.host.panels(done)
    return this.onPanels
  }

  // ---- what everything is measured by --------------------------------------------------------------------------------

  set(name: string, at: At): readonly Cast[] {
    const sets = this.what.lesson.sets ?? {}
    const set = Object.hasOwn(sets, name) ? sets[name] : undefined
    if (!set) throw invalid('name', { found: name }, at)
    return set[this.what.language]
  }
  filled(text: Both<string>, run: RunSpec, cast: Cast): string {
    const { lesson, language } = this.what
    return fill(text[language], slotsOf(lesson, language, cast, run))
  }
  private rangeIn(run: Ready, place: Place, side?: 'source', at?: At): Promise<Range> {
    const { name, predicting, slots } = run
    const tokens = side ? run.sourceTokens : run.tokens
    return rangeOf(
      place,
      { name, tokens, predicting, slots, answer: async () => (await this.top(this.first)).text },
      at,
    )
  }
  async position(place: Place, run: string, at?: At, side?: 'source'): Promise<number> {
    return (await this.rangeIn(await this.ready(run), place, side, at))[0]
  }
  logits(name: string, position?: number): Promise<Float32Array> {
    return this.ask(name, `logits ${position ?? ''}`, async (glass, { predicting }) => {
      return (await glass.probe({ site: 'logits', position: position ?? predicting })).values
    })
  }
  async top(name: string, position?: number, nth = 1): Promise<Token> {
    const row = await this.logits(name, position)
    const id = nth === 1 ? largest(row) : [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b)[nth - 1]!
    const [piece] = await (await this.modelOf(this.spec(name))).pieces([id])
    return { id, text: piece!.text }
  }
  state(name: string, layer: number, position: number): Promise<readonly number[]> {
    return this.ask(name, `state ${layer} ${position}`, (glass) => residual(glass, layer, position))
  }
  /** A word's token in a run's model. @throws LESSON_INVALID for none and for several */
  async tokenOf(word: string | Token, spec: RunSpec, at?: At): Promise<number> {
    if (typeof word !== 'string') return word.id
    const model = await this.modelOf(spec)
    const pieces = own(word, await model.cut(word))
    if (pieces.length === 1) return pieces[0]!.id
    const { ids } = await model.tokenize(word) // a special token is no part of a text that is cut
    if (ids.length === 1) return ids[0]!
    throw invalid('token', { found: word, need: pieces.length }, at)
  }
}

/** A word within a text: without the space that some tokenizers put before every text. */
const own = (word: string, pieces: readonly Piece[]): readonly Piece[] =>
  pieces.length > 1 && pieces[0]!.text === ' ' && !word.startsWith(' ') ? pieces.slice(1) : pieces

/** The first of the largest. */
const largest = (row: Float32Array): number => row.reduce((best, value, i) => (value > row[best]! ? i : best), 0)

/** After block `layer`; -1: the embedding. */
async function residual(glass: Glass, layer: number, position: number): Promise<readonly number[]> {
  const site = layer < 0 ? ({ site: 'embed', position } as const) : ({ site: 'resid_post', layer, position } as const)
  return [...(await glass.probe(site)).values]
}
