// Sampling parameters: defaults and the check of what a caller passed.
// Too much is clamped where the limit means the same; nonsense is refused with a sentence.

import { EngineError } from '../errors.ts'
import type { SamplingParams } from '../types.ts'

/** llama.cpp's defaults; no penalties; always the same seed, so a run can be repeated. */
export const defaultSampling: SamplingParams = {
  temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05,
  repetitionPenalty: 1, presencePenalty: 0, frequencyPenalty: 0, seed: 0, logitBias: {},
}

const mostBias = 10_000

function refuse(param: string, need: string, value: unknown): never {
  const shown = typeof value === 'string' ? `the text "${value.slice(0, 40)}"` : String(value).slice(0, 40)
  throw new EngineError('PARAM_INVALID', `Cannot sample with "${param}" = ${shown}: it must be ${need}. Correct it and try again.`, { param, need, value: shown })
}

function number(param: string, value: unknown, low: number, high: number, need: string): number {
  if (typeof value !== 'number' || Number.isNaN(value) || value < low) refuse(param, need, value)
  return Math.min(value, high)
}

/** Fills in defaults; unknown keys are ignored. */
export function checkSampling(params: Partial<SamplingParams>): SamplingParams {
  const p = { ...defaultSampling }
  for (const key of Object.keys(p) as (keyof SamplingParams)[]) if (params[key] !== undefined) Object.assign(p, { [key]: params[key] })
  const repetitionPenalty = number('repetitionPenalty', p.repetitionPenalty, 0, 1e3, 'a number above 0')
  if (repetitionPenalty === 0) refuse('repetitionPenalty', 'a number above 0', 0)
  if (!Number.isSafeInteger(p.seed)) refuse('seed', 'a whole number', p.seed)
  return {
    temperature: number('temperature', p.temperature, 0, 1e3, 'a number, 0 or more'),
    topK: Math.floor(number('topK', p.topK, 0, 0x7fffffff, 'a whole number, 0 (off) or more')),
    topP: number('topP', p.topP, 0, 1, 'a number from 0 to 1'),
    minP: number('minP', p.minP, 0, 1, 'a number from 0 to 1'),
    repetitionPenalty,
    presencePenalty: number('presencePenalty', p.presencePenalty, -1e3, 1e3, 'a number'),
    frequencyPenalty: number('frequencyPenalty', p.frequencyPenalty, -1e3, 1e3, 'a number'),
    seed: p.seed,
    logitBias: checkBias(p.logitBias),
  }
}

function checkBias(value: unknown): Record<number, number> {
  const need = 'an object from token id to a number'
  if (value === null || typeof value !== 'object' || Array.isArray(value)) refuse('logitBias', need, value)
  const entries = Object.entries(value)
  if (entries.length > mostBias) refuse('logitBias', `${need} with at most ${mostBias} entries`, `${entries.length} entries`)
  const bias: Record<number, number> = {}
  for (const [id, amount] of entries) {
    if (!/^\d{1,9}$/.test(id)) refuse('logitBias', need, `id ${id}`)
    if (typeof amount !== 'number' || !Number.isFinite(amount)) refuse('logitBias', need, amount)
    bias[Number(id)] = Math.max(-1e4, Math.min(1e4, amount))
  }
  return bias
}
