// Texts in the model: one at a time, under one list of edits. Reads a prompt into it, writes it on, and knows what
// stands there now, so that the same text and edits are not read twice.

import { checkAborted, EngineError } from '../../engine/errors.ts'
import type { Edit, Glass } from '../../engine/glass/types.ts'
import type { GenerateOptions, Prompt } from '../../engine/types.ts'
import type { PromptSpec, RunSpec } from '../types.ts'
import type { Read, Written } from './asks.ts'
import type { Host, Model } from './host.ts'

const NONE = '[]'
type Laid = Pick<Read, 'ids' | 'source' | 'answerFrom'>
type Text = Laid & Pick<Read, 'key' | 'prompt'>

export class Runs {
  /** what stands in the model now: the text's key, '' for none that is known, and its edits */
  private text = ''
  private edits = NONE
  private model: Model | null = null

  /** @param signal ends what is being read or written */
  constructor(
    private readonly host: Host,
    private signal?: AbortSignal,
  ) {}

  /** Another model, or other adapters: what stood in the one before is unknown. */
  async use(name: string, adapters: NonNullable<RunSpec['adapters']>): Promise<Model> {
    const model = await this.host.use(name, adapters)
    if (model !== this.model) [this.model, this.text, this.edits] = [model, '', NONE]
    return model
  }

  /**
   * A prompt's ids, and where its tokens and its answer are. What writes need not have it before it: a run that is only
   * written on would be read twice.
   */
  async read(model: Model, key: string, prompt: PromptSpec): Promise<Read> {
    const laid = await this.lay(model, prompt)
    const pieces = await model.pieces(laid.ids)
    let blank = -1
    if (!model.info.does.includes('generate')) {
      const info = await (await this.bring(model, { ...laid, key, prompt }, [])).info()
      if (info.predicts === 'own') blank = laid.ids.indexOf(info.mask ?? -1)
    }
    return {
      key,
      prompt,
      recorded: null,
      ...laid,
      tokens: pieces.map(({ bytes }) => bytes),
      sourceTokens: (laid.source ? await model.pieces(laid.source) : []).map(({ bytes }) => bytes),
      predicting: blank >= 0 ? blank : laid.ids.length - 1,
    }
  }

  private async lay(model: Model, prompt: PromptSpec): Promise<Laid> {
    const { messages, then } = prompt
    if (!model.info.does.includes('generate')) {
      const { ids } = await model.read(plain(prompt, model))
      this.text = ''
      return { ids, source: null, answerFrom: ids.length }
    }
    const given: Prompt = messages ? messages.map(({ role, content }) => ({ role, content })) : plain(prompt, model)
    const begun = then ? (await model.cut(then)).map(({ id }) => id) : []
    if (!model.info.parts.includes('source')) {
      const { ids } = await model.tokenize(given)
      return { ids: [...ids, ...begun], source: null, answerFrom: ids.length }
    }
    // what its decoder begins with only the engine knows; the answer is waited for, else the next question comes too early
    this.text = ''
    let laid: Laid | null = null
    for await (const event of model.generate(given, this.greedy({}))) {
      if (event.type !== 'prompt') continue
      laid = { ids: [...event.ids, ...begun], source: event.source ?? null, answerFrom: event.ids.length }
    }
    checkAborted(this.signal)
    if (laid) return laid
    throw new EngineError('INTERNAL', 'The model read no prompt.')
  }

  private greedy(more: GenerateOptions): GenerateOptions {
    return { maxTokens: 1, temperature: 0, ...more, ...(this.signal && { signal: this.signal }) }
  }

  /** Makes this text, under these edits, what the glass looks at. */
  async bring(model: Model, text: Text, edits: readonly Edit[]): Promise<Glass> {
    const glass = await model.glass()
    const wanted = JSON.stringify(edits)
    checkAborted(this.signal)
    if (this.text === text.key && this.edits === wanted) return glass
    const other = this.text !== text.key
    this.text = ''
    if (other && edits.length === 0) await this.force(glass, edits)
    if (other) {
      if (model.info.does.includes('generate')) {
        for await (const event of model.generate(promptOf(text), this.greedy({ continueFrom: text.answerFrom }))) {
          void event
        }
      } else await model.read(plain(text.prompt, model))
      checkAborted(this.signal)
    }
    await this.force(glass, edits)
    this.text = text.key
    return glass
  }

  private async force(glass: Glass, edits: readonly Edit[]): Promise<void> {
    const wanted = JSON.stringify(edits)
    if (this.edits === wanted) return
    await glass.setEdits([...edits], this.signal && { signal: this.signal })
    this.edits = wanted
  }

  /** Writes a text on, under these edits; ends as an answer does. */
  async write(model: Model, prompt: Text, edits: readonly Edit[], options: GenerateOptions): Promise<Written> {
    await this.force(await model.glass(), edits)
    this.text = ''
    let said = '',
      text = ''
    for await (const event of model.generate(
      promptOf(prompt),
      this.greedy({ continueFrom: prompt.answerFrom, ...options }),
    )) {
      if (event.type === 'prompt') said = event.said ?? ''
      if (event.type === 'done') text = event.text
    }
    checkAborted(this.signal)
    return { text, answer: said + text }
  }

  /** Takes the edits away again, whatever was stopped: nothing is measured after it. */
  async end(): Promise<void> {
    this.signal = undefined
    if (this.model && this.edits !== NONE) await this.force(await this.model.glass(), [])
    this.text = ''
  }
}

const plain = ({ text = '' }: PromptSpec, { info }: Model): string => text.replaceAll('{mask}', info.mask ?? '')
const promptOf = ({ ids, source }: Laid): Prompt => ({ ids: [...ids], ...(source && { source: [...source] }) })
