// Which questions about a run a model has no answer to, and why: read off its Plan, before anything is asked. Panels show
// these reasons (GlassInfo.unsupported), and who asks all the same is refused with them. Knows no family.

import { EngineError } from '../errors.ts'
import type { Plan } from '../model/plan.ts'
import { blockSite } from '../model/sites.ts'
import type { Lead } from '../runtime/lead.ts'

/** A word for the reason; the sentences for people are in src/i18n (VIEW_ABSENT). */
export type Absence =
  | 'tokens'
  | 'linear'
  | 'sums'
  | 'source'
  | 'streams'
  | 'relative'
  | 'recurrent'
  | 'attention'
  | 'pairs'
  | 'recording'
  | 'lead'
  | 'unadapted'
  | 'recorded'
/** Questions that not every model can answer. */
export type PartialQuestion = 'attention' | 'sampling' | 'lens' | 'contributions' | 'direction' | 'recording'

/** What a question needs and a model lacks, as an error that panels show. */
export const absentView = (why: Absence, message: string): EngineError =>
  new EngineError('VIEW_ABSENT', message, { why })

const messages: Partial<Record<Absence, string>> = {
  tokens: 'Cannot read tokens out of this model: it has no head over the vocabulary, it gives labels or vectors.',
  streams:
    'Cannot read tokens out of this residual: what predicts is a second stream beside it, which holds no token of the text.',
  recurrent:
    'Cannot read tokens out of an earlier layer: every layer of this model gives a new vector in place of the one before, and the head reads that of the last alone.',
  linear:
    'Cannot split a logit into parts: between the last residual and the vocabulary this model bends the numbers again, so no parts add up to a logit.',
  recording:
    'Cannot record this run: a recording holds a text that one stack of layers read from left to right, and this model reads otherwise.',
  lead: 'Cannot look inside this run: an adapter puts entries of its own before every text, which stand for no token of it. Switch that adapter off first.',
  unadapted: 'Cannot compare with and without an adapter: this model has none. Load it with one.',
  sums: 'Cannot split a logit into parts: the residual of this model is normed after every branch, so it is no sum of what the branches gave.',
}

/**
 * Is a logit a scalar product of the (normed) last residual? Then the matrix over the vocabulary reads it itself, and no
 * adapter changes what it gives.
 */
const isLinear = (plan: Plan): boolean => {
  const head = plan.steps.filter(({ part }) => part === 'head')
  const first = head.findIndex(({ name }) => name === ('final_norm' in plan.sites ? 'final_norm' : 'rows')) + 1
  return head[first]?.name === 'logits' && !head.some(({ behind }) => behind === 'logits')
}

/** Why no token can be read out of the model's last residual; null: it can. */
export const whyNoTokens = (plan: Plan): 'tokens' | 'streams' | null =>
  !('logits' in plan.sites) ? 'tokens' : plan.programs.decode.ahead ? 'streams' : null

/** Why the model cannot answer this question at any place of any text; null: it can. */
export function whyAbsent(plan: Plan, question: PartialQuestion): Absence | null {
  const branches = plan.blocks.flatMap(({ branches: list }) => list)
  const recurs = branches.some(({ name }) => name === 'cell')
  if (question === 'attention') {
    return plan.blocks.some((_, layer) => blockSite(layer, 'attn.z') in plan.sites) ? null : 'recurrent'
  }
  const silent = whyNoTokens(plan)
  if (question === 'recording') {
    // a file keeps the lower triangle of attention, one residual, and the lens of all its layers
    const { programs, prefix } = plan
    const otherwise = programs.encode || programs.decode.whole || prefix || recurs || silent !== null
    return otherwise ? 'recording' : null
  }
  // what the sampler saw of an answer was kept, whatever predicted it
  if (question === 'sampling') return silent === 'streams' ? null : silent
  if (silent !== null) return silent
  if (question === 'direction') return isLinear(plan) ? null : 'linear'
  if (recurs) return 'recurrent'
  if (question === 'lens') return null
  if (branches.some(({ breaks }) => breaks !== undefined)) return 'sums'
  return isLinear(plan) ? null : 'linear'
}

/** @throws VIEW_ABSENT for a reason of whyAbsent or whyNoTokens */
export function refuseAbsent(why: Absence): never
export function refuseAbsent(why: Absence | null): void
export function refuseAbsent(why: Absence | null): void {
  if (why !== null) throw absentView(why, messages[why]!)
}

/** Positions of a text that stands behind a lead are not its entries of the cache, by which everything inside is found. */
export const refuseLead = (lead: Lead | null): void => refuseAbsent(lead && 'lead')

const questions: readonly PartialQuestion[] = [
  'attention',
  'sampling',
  'lens',
  'contributions',
  'direction',
  'recording',
]

/** All of them, as panels read them. */
export const absences = (plan: Plan): { view: PartialQuestion; reason: Absence }[] =>
  questions.flatMap((view) => {
    const reason = whyAbsent(plan, view)
    return reason === null ? [] : [{ view, reason }]
  })
