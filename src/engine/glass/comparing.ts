// Questions about the last text with and without adapters (adapter-change.ts), asked of the run as it is and of one other
// at a time, which is kept until a question is about another text, other edits or other adapters.

import type { DecodingContext } from '../context.ts'
import { EngineError } from '../errors.ts'
import { shown } from '../shown.ts'
import { saysOwnToken } from '../model/plan.ts'
import { refuseAbsent } from './absent.ts'
import type { ActivationCache } from './activation-cache.ts'
import {
  attentionChange,
  headChanges,
  keptFrom,
  lensChange,
  residualChanges,
  tokenChanges,
  whyNoHeads,
  whyNoTokenChange,
  type Compared,
} from './adapter-change.ts'
import type {
  AdapterAttentionRequest,
  AdapterChange,
  AdapterChangeRequest,
  AdapterLensRequest,
  LensChange,
  ReadToken,
} from './adapter-types.ts'
import type { Adapted } from './adapted.ts'
import type { RunShape } from './door.ts'
import { entriesBefore, OtherRun } from './other-run.ts'
import type { Replay } from './replay.ts'
import { requireAttention } from './sites.ts'
import type { AttentionTile, Edit } from './types.ts'

export interface ComparedRun {
  c: DecodingContext
  activations: ActivationCache
  adapted: Adapted
  replay: () => Replay
  edits: () => readonly Edit[]
  /** is the model wanted for something else? */
  isBusy: () => boolean
}

export class Comparing {
  private other: { key: string; run: OtherRun } | null = null

  constructor(private readonly run: ComparedRun) {}

  /** What a request is checked against, beside the run: positions that are kept behind what stands before the text. */
  get shape(): Pick<RunShape, 'kept' | 'length'> {
    const { c, activations } = this.run
    const ahead = entriesBefore(c.model.runtime.lead)
    const { length } = c.text
    return { length, kept: Math.max(0, activations.kept(ahead + length) - ahead) }
  }

  /** @throws BUSY */
  private readonly turn = (): void => {
    if (!this.run.isBusy()) return
    throw new EngineError('BUSY', 'Cannot go on comparing: the model is wanted for something else. Ask again later.')
  }

  /** @throws PARAM_INVALID where no adapter has that name */
  private strengthsWithout(name: string | undefined): Map<string, number> {
    const { adapted } = this.run
    const names = adapted.list().map((one) => one.name)
    if (name === undefined || names.includes(name)) return adapted.without(name)
    const facts = { param: 'without', need: `one of ${names.map((own) => `"${own}"`).join(', ')}`, value: shown(name) }
    throw new EngineError('PARAM_INVALID', `Cannot leave out ${facts.value}: it must be ${facts.need}.`, facts)
  }

  private async compared(without: string | undefined): Promise<Compared> {
    const { c, activations, replay } = this.run
    const { runtime, tokenizer } = c.model
    return {
      activations,
      other: await this.otherRun(without),
      before: entriesBefore(runtime.lead),
      ids: [...c.ids],
      source: c.source,
      about: (position) => (saysOwnToken(runtime.plan) ? position : position + 1),
      text: (id) => tokenizer.tokenText(id),
      replay,
      turn: this.turn,
    }
  }

  /** null where the strengths are those of now: nothing differs. */
  private async otherRun(without: string | undefined): Promise<OtherRun | null> {
    const { c, activations, adapted, edits } = this.run
    const then = this.strengthsWithout(without)
    if (this.leftOut(then).length === 0) return null
    const key = JSON.stringify([c.ids, c.source, c.model.runtime.segments, edits(), [...then]])
    const own = await adapted.vectors.at(adapted.vectors.strengths)
    if (this.other?.key !== key) {
      this.other = null // its memory goes before another's is taken
      const other = await adapted.vectors.at(then)
      this.other = { key, run: await OtherRun.read(c, activations, { own, other, turn: this.turn }) }
    }
    this.other.run.own = own
    return this.other.run
  }

  private leftOut(then: ReadonlyMap<string, number>): string[] {
    const { strengths } = this.run.adapted.vectors
    return [...strengths].flatMap(([name, strength]) => (strength === then.get(name) ? [] : [name]))
  }

  async change({ without, topK }: AdapterChangeRequest): Promise<AdapterChange> {
    const left = this.leftOut(this.strengthsWithout(without))
    const all = await this.compared(without)
    const [noTokens, noHeads] = [whyNoTokenChange(all), whyNoHeads(all)]
    const { tokenizer } = this.run.c.model
    const shown = (id: number, position: number): ReadToken => ({
      position,
      id,
      text: tokenizer.tokenText(id),
      bytes: [...tokenizer.tokenBytes(id)],
      special: tokenizer.isSpecial(id),
    })
    return {
      text: all.ids.map(shown),
      source: all.source.map(shown),
      without: left,
      from: keptFrom(all),
      tokens: noTokens === null ? await tokenChanges(all, topK) : null,
      residual: await residualChanges(all),
      heads: noHeads === null ? await headChanges(all) : [],
      absent: [
        ...(noTokens === null ? [] : [{ view: 'tokens' as const, reason: noTokens }]),
        ...(noHeads === null ? [] : [{ view: 'heads' as const, reason: noHeads }]),
      ],
    }
  }

  async lens({ without, position, topK }: AdapterLensRequest): Promise<LensChange[]> {
    return lensChange(await this.compared(without), position, topK)
  }

  async attention(request: AdapterAttentionRequest): Promise<AttentionTile> {
    const all = await this.compared(request.without)
    requireAttention(this.run.activations.runner.runtime.plan, request.layer, request.branch ?? 'attn')
    refuseAbsent(whyNoHeads(all))
    return attentionChange(all, request)
  }
}
