// A token drawn from a row of logits, as the sampler's chain draws it, without the row leaving the device: bias, penalties,
// temperature, top-k, top-p, min-p, the draw, and what the model itself thought of it all.
//
// Odds are whole numbers (shaders/sample-weigh.wgsl): within 2^-44 of the chain's, the same on every device. Beside the
// record, the kernels write what the next token runs with: its id, its place, its count in the history.

import { fixedWords, powerTables } from './fixed.ts'
import { defineOp, type Case, type Pass, type Variant } from './op.ts'
import {
  OFF,
  LISTED,
  readRecord,
  RECORD_TOP,
  RECORD_WORDS,
  sampleParams,
  UNIT_BITS,
  type DrawSettings,
} from './sample-record.ts'

/** tokens that a thread of the second pass weighs: what its workgroup does beforehand is dear where processors run it */
const EACH = { gpu: 8, software: 128 } as const
/** threads that go over the whole row where the list is too short: barriers are dear where processors run them */
const WIDE = { gpu: 256, software: 64 } as const

const passes: Variant = {
  name: 'sample',
  fits: () => true,
  accepts: ({ T }) => T === 1,
  passes: ({ kind }): Pass[] => [
    { shader: 'sample-best', workgroups: ({ parts }) => Math.ceil(parts! / 64) },
    {
      shader: 'sample-weigh',
      overrides: { each: EACH[kind] },
      workgroups: ({ V }) => Math.ceil(V! / (64 * EACH[kind])),
    },
    { shader: 'sample-pick', workgroups: () => 1 },
    { shader: 'sample-wide', overrides: { threads: WIDE[kind] }, workgroups: () => 1 },
  ],
  scratchBytes: ({ V, parts }) => (parts! + 2 * LISTED + V!) * 16,
}

const usual: Partial<DrawSettings> = { temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05 }
const flat: Partial<DrawSettings> = { temperature: 1.5, topP: 0.7, repetitionPenalty: 1.2, presencePenalty: 0.1 }
/** One token in three is liked, as much as the others of its kind. The entropy rounds a crowd's distances all alike, to 2^-26. */
const twoLevels = (V: number): Partial<Case> => ({
  words: {
    logits: () => new Uint32Array(Float32Array.from({ length: V }, (_, i) => (i % 3 === 1 ? 1.5 : 0.25)).buffer),
  },
  nmse: 2e-18,
})

const SLOTS = 4
const drawCase = (
  name: string,
  V: number,
  settings: Partial<DrawSettings>,
  u: number,
  rest: Partial<Case> = {},
): Case => ({
  name,
  step: { T: 1, pos: 0, row: 0, prefix: 0 },
  params: sampleParams(V, SLOTS, { ...OFF, ...settings }),
  sizes: {
    logits: V,
    counts: V,
    bias: 2 * V,
    tables: 1024,
    sums: 8,
    draws: 2 + 2 * SLOTS,
    token: 1,
    steps: 68,
    record: RECORD_WORDS,
  },
  scale: 8,
  nmse: 1e-19,
  ...rest,
  words: {
    counts: () => Uint32Array.from({ length: V }, (_, i) => (settings.adjusted && i % 5 === 0 ? 1 + (i % 3) : 0)),
    bias: () =>
      Uint32Array.from(
        Array.from({ length: V }, (_, i) => fixedWords(settings.adjusted && i % 7 === 3 ? 1.5 : 0, 40)).flat(),
      ),
    tables: powerTables,
    sums: () => new Uint32Array(8),
    draws: () => Uint32Array.from([5, 0, ...Array.from({ length: SLOTS }, () => fixedWords(u, UNIT_BITS)).flat()]),
    token: () => Uint32Array.of(7),
    steps: () => Uint32Array.from({ length: 68 }, (_, i) => i),
    ...rest.words,
  },
})

const u64 = (words: Uint32Array, at: number): number => words[at + 1]! * 2 ** 32 + words[at]!
const i64 = (low: number, high: number): number => Number(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)))

export const sample = defineOp({
  name: 'sample',
  args: {
    logits: 'read',
    counts: 'update',
    bias: 'read',
    tables: 'read',
    sums: 'update',
    draws: 'update',
    token: 'update',
    steps: 'update',
    record: 'write',
  },
  variants: [passes],
  reference({ tensors, params }) {
    const words = (name: string): Uint32Array => new Uint32Array(tensors[name]!.buffer)
    const [counts, bias, draws, record] = [words('counts'), words('bias'), words('draws'), words('record')]
    const logits = tensors['logits']!
    const constant = (name: string, bits: number): number =>
      i64(params[`${name}Low`]!, params[`${name}High`]!) / 2 ** bits
    const { V, topK, slots } = params as Record<'V' | 'topK' | 'slots', number>
    const scores = Array.from(logits, (l, id) => {
      const biased = l + i64(bias[2 * id]!, bias[2 * id + 1]!) / 2 ** 40
      if (!params['adjusted'] || counts[id] === 0) return biased
      const [r, presence, frequency] = [constant('by', 56), constant('presence', 40), constant('frequency', 53)]
      return (biased > 0 ? biased / r : biased * r) - presence - frequency * counts[id]!
    })
    const descending = (values: ArrayLike<number>): number[] =>
      Array.from({ length: V }, (_, id) => id).sort((a, b) => values[b]! - values[a]! || a - b)
    const put = (at: number, count: number, mass: number): void => {
      if (count >= 0) record[at] = count
      record.set(fixedWords(mass, 44), at + 1)
    }

    const own = descending(logits),
      order = descending(scores)
    const max = logits[own[0]!]!,
      inverse = constant('draw', 43) / Math.LOG2E
    const odds = order.map((id) => Math.exp((scores[id]! - scores[order[0]!]!) * inverse))
    const mass = (kept: readonly number[]): number => kept.reduce((sum, w) => sum + w, 0)
    let left = odds
    put(10, -1, mass(left))
    if (params['greedy']) left = [1]
    else if (topK > 0 && topK < V) {
      left = odds.filter((_, i) => i < topK || scores[order[i]!] === scores[order[topK - 1]!])
    }
    put(13, left.length, mass(left))
    const until = (reached: (sum: number) => boolean): number => {
      let sum = 0
      const at = left.findIndex((w) => reached((sum += w)))
      return at < 0 ? left.length - 1 : at
    }
    const p = (params['topPHigh']! * 2 ** 32 + params['topPLow']!) / 2 ** UNIT_BITS
    if (p < 1 && !params['greedy']) {
      const target = p * mass(left)
      left = left.slice(0, until((sum) => sum >= target) + 1)
    }
    put(16, left.length, mass(left))
    if (!params['greedy']) left = left.filter((w) => w >= constant('minP', 44))
    put(19, left.length, mass(left))
    const slot = 2 + 2 * (draws[0]! % slots),
      target = (u64(draws, slot) / 2 ** UNIT_BITS) * mass(left)
    const at = params['greedy'] ? 0 : until((sum) => sum > target),
      id = order[at]!
    record.set(fixedWords(left[at]!, 44), 22)
    const weights = Array.from(logits, (l) => Math.exp(l - max))
    put(6, -1, mass(weights))
    put(
      8,
      -1,
      weights.reduce((sum, w, i) => sum + w * ((max - logits[i]!) / Math.LN2), 0),
    )
    const floats = new Float32Array(record.buffer)
    record[0] = id
    record[1] = 0
    floats[2] = logits[id]!
    record[3] = own.indexOf(id)
    floats[4] = max
    record[5] = draws[0]!
    own.slice(0, RECORD_TOP).forEach((best, i) => {
      record[24 + 2 * i] = best
      floats[25 + 2 * i] = logits[best]!
    })
    draws[0]!++
    counts[id]!++
    words('token')[0] = id
    words('steps')[1]!++
    words('steps')[65]!++
  },
  numbers: {
    counts: (words) => words,
    sums: (words) => words,
    draws: (words) => words,
    token: (words) => words,
    steps: (words) => words,
    record: (words) => {
      const { top, topK, topP, minP, listed: _, ...rest } = readRecord(words, (words.length - 24) / 2)
      const lefts = [topK, topP, minP].flatMap(({ count, mass }) => [count, mass])
      return [...Object.values(rest), ...lefts, ...top.flatMap(({ id, logit }) => [id, logit])]
    },
  },
  cases: [
    drawCase('small', 97, usual, 0.4),
    drawCase('the model as it is', 1856, usual, 0.97),
    drawCase('greedy', 3000, { temperature: 0 }, 0.3),
    drawCase(
      'everything changes scores',
      5003,
      { ...usual, repetitionPenalty: 1.3, presencePenalty: 0.4, frequencyPenalty: 0.25, adjusted: true },
      0.6,
    ),
    drawCase('top-p alone', 20_000, { temperature: 0.4, topP: 0.15 }, 0.5, { scale: 20 }),
    drawCase('min-p alone, hot', 2000, { temperature: 3, minP: 0.8 }, 0.8, { scale: 12 }),
    drawCase('many to choose from', 2048, { temperature: 5, topK: 256 }, 0.999),
    drawCase('ties at every border', 700, { temperature: 1, topK: 30, topP: 0.75 }, 0.71, {
      words: {
        logits: () => new Uint32Array(Float32Array.from({ length: 700 }, (_, i) => ((i * 37) % 45) / 8 - 2).buffer),
      },
    }),
    drawCase('flat', 4000, { temperature: 2, topP: 0.9 }, 0.6, { scale: 0.5 }),
    drawCase('a deep top-k, and all other cuts', 3000, { temperature: 3, topK: 900, topP: 0.8, minP: 0.3 }, 0.7),
    drawCase('everything changes flat scores', 3001, { ...flat, adjusted: true, topK: 1500 }, 0.4, { scale: 0.01 }),
    drawCase('ties in crowds', 5000, { temperature: 0.9, topK: 1700, topP: 0.99 }, 0.83, twoLevels(5000)),
    drawCase('greedy in a crowd', 5000, { temperature: 0 }, 0.83, twoLevels(5000)),
  ],
})
