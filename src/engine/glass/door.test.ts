// Every question with every wrong argument: a right answer or a refusal by name, of the model and of its recording
// alike.

import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { EngineError } from '../errors.ts'
import { filesOf } from '../formats/testing.ts'
import { loadEngine } from '../index.ts'
import { adapterOf, loraConfig, loraShapes } from '../testing/adapters.ts'
import { defaultSampling } from '../sampler/params.ts'
import { MAX_EDITS } from './door.ts'
import { openRecording, record } from './recording.ts'
import type { Glass } from './types.ts'

let live: Glass, recorded: Glass
let good: [keyof Glass, unknown[]][]
beforeAll(async () => {
  const folder = 'fixtures/golden/llama'
  const engine = await loadEngine(
    {
      name: 'm',
      files: filesOf({
        'config.json': readFileSync(`${folder}/config.json`, 'utf8'),
        'model.safetensors': new Uint8Array(readFileSync(`${folder}/model.safetensors`)),
        'tokenizer.json': readFileSync('fixtures/faults/st/adapter_only/tokenizer.json', 'utf8'),
      }),
    },
    {
      device: 'reference',
      selfCheck: false,
      adapters: [adapterOf(loraConfig, loraShapes(3, 'self_attn.q_proj', 32, 32))],
    },
  )
  for await (const event of engine.generate('abc', { maxTokens: 2 })) void event
  live = await engine.glass()
  recorded = await openRecording(new Blob([await record(live)]))
  const { hidden } = await live.info(),
    [first] = await live.weights()
  const values = Array.from({ length: hidden }, (_, i) => i / hidden)
  good = [
    ['read', [{ onProgress: () => undefined }]],
    ['probe', [{ site: 'q', layer: 0, head: 0, position: 1 }]],
    ['attention', [{ layer: 0, heads: [0, 1], rows: [0, 2], cols: [0, 2], maxRows: 2, maxCols: 2, what: 'probs' }]],
    ['valueNorms', [0]],
    ['thumbnails', [4, 0]],
    ['lens', [{ positions: [0, 1], layers: [-1, 0], part: 'resid', topK: 2, targets: [1] }]],
    ['adapterChange', [{ without: 'mine', topK: 2 }]],
    ['adapterLens', [{ without: 'mine', position: 1, topK: 2 }]],
    [
      'adapterAttention',
      [{ without: 'mine', layer: 0, head: 1, rows: [0, 2], cols: [0, 2], maxRows: 2, maxCols: 2, branch: 'attn' }],
    ],
    ['contributions', [1, 1]],
    ['direction', [1]],
    ['sampling', [1, defaultSampling, 3]],
    ['draws', [1, defaultSampling, 3, 0]],
    ['attentionError', [0, 1]],
    ['cosines', [1, [0, 5]]],
    ['weightTile', [first!.tensor, 0, 0, 1, 2]],
    [
      'setEdits',
      [
        [
          { kind: 'scale-head', layer: 0, head: 0, factor: 1 },
          { kind: 'skip', layer: 0, part: 'mlp' },
          { kind: 'mask-edges', layer: 0, head: 0, queries: [1, 2], keys: [0, 1] },
          { kind: 'evict', keys: [0, 1] },
          { kind: 'direction', layer: 0, positions: [0, 1], mode: 'add', factor: 1, direction: values, label: 'x' },
          { kind: 'patch', layer: 0, position: 1, values },
        ],
      ],
    ],
  ]
})

const getter = {
  get layer(): never {
    throw new Error('no')
  },
}
const hostile: unknown[] = [
  null,
  NaN,
  Infinity,
  -1,
  -2,
  1.5,
  1e9,
  2 ** 53,
  1e300,
  '',
  'x',
  'constructor',
  '0',
  [],
  [1e9],
  [0, 0],
  [1, 0],
  [NaN, 1],
  {},
  getter,
  Symbol('x'),
  10n,
  () => 1,
  true,
  new Proxy(
    {},
    {
      get() {
        throw new Error('no')
      },
      ownKeys() {
        throw new Error('no')
      },
    },
  ),
  new Proxy([], {
    get() {
      throw new Error('no')
    },
  }),
  Array(100_000).fill(0),
  'x'.repeat(100_000),
]

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value) as object)
/** The paths to everything in a list of arguments; of a long list the first two. */
function paths(value: unknown, at: string[] = []): string[][] {
  const deeper = isTree(value)
    ? Object.keys(value)
        .slice(0, Array.isArray(value) && value.length > 8 ? 2 : undefined)
        .flatMap((key) => paths(value[key], [...at, key]))
    : []
  return at.length ? [at, ...deeper] : deeper
}
function put(value: unknown, [key, ...rest]: string[], wrong: unknown): unknown {
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  copy[key!] = rest.length ? put(copy[key!], rest, wrong) : wrong
  return copy
}
const ask = async (glass: Glass, question: keyof Glass, args: unknown[]): Promise<unknown> =>
  (glass[question] as (...args: unknown[]) => Promise<unknown>)(...args)
const told = (glass: Glass, question: keyof Glass, args: unknown[]): Promise<unknown> =>
  ask(glass, question, args).then(
    () => 'answered',
    (error: unknown) => error,
  )
const wrongs = (): [keyof Glass, string[], unknown, unknown[]][] =>
  good.flatMap(([question, args]) =>
    paths(args).flatMap((at) =>
      hostile.map((wrong): [keyof Glass, string[], unknown, unknown[]] => [
        question,
        at,
        wrong,
        put(args, at, wrong) as unknown[],
      ]),
    ),
  )

describe('the questions of a run', () => {
  it('are answered as asked', async () => {
    for (const [question, args] of good) await expect(ask(live, question, args), question).resolves.not.toBeNull()
    await live.setEdits([])
  })

  it(
    'with anything else in any place are answered or refused by name, alike by the model and by its recording',
    { timeout: 120_000 },
    async () => {
      let refused = 0
      for (const [question, at, wrong, args] of wrongs()) {
        const name = `${question} ${at.join('.')} = ${typeof wrong === 'object' ? 'an object' : String(wrong).slice(0, 20)}`
        const here = await told(live, question, args)
        if (here === 'answered') {
          if (question === 'setEdits') await live.setEdits([])
          continue
        }
        expect(here, name).toBeInstanceOf(EngineError)
        const { code, facts } = here as EngineError
        expect(code, `${name}: ${String(here)}`).toBe('PARAM_INVALID')
        refused++
        if (facts['question'] !== undefined) {
          expect(((await told(recorded, question, args)) as EngineError).facts, name).toEqual(facts)
        }
      }
      expect(refused).toBeGreaterThan(1000)
    },
  )

  it.each<[string, keyof Glass, () => unknown[], Record<string, unknown>]>([
    ['nothing', 'probe', () => [null], { param: 'request', need: 'an object' }],
    ['no fields', 'attention', () => [{}], { param: 'layer' }],
    [
      'a layer that is not',
      'lens',
      () => [{ positions: [0], layers: [1e9], part: 'resid', topK: 1 }],
      { param: 'layers', value: '1000000000' },
    ],
    [
      'a position that is not',
      'lens',
      () => [{ positions: [1e9], layers: [0], part: 'resid', topK: 1 }],
      { param: 'positions' },
    ],
    [
      '100000 layers',
      'lens',
      () => [{ positions: [0], layers: Array(100_000).fill(0), part: 'resid', topK: 1 }],
      { param: 'layers', value: '100000' },
    ],
    [
      'layers twice',
      'lens',
      () => [{ positions: [0], layers: [0, 0], part: 'resid', topK: 1 }],
      { need: 'a list of different numbers' },
    ],
    ['a mistyped field', 'lens', () => [{ positions: [0], layers: [0], part: 'resid', top: 1 }], { param: 'top' }],
    [
      '100000 heads',
      'attention',
      () => [{ layer: 0, heads: Array(100_000).fill(0), rows: [0, 1], cols: [0, 1], maxRows: 1, maxCols: 1 }],
      { param: 'heads' },
    ],
    ['pictures of no size', 'thumbnails', () => [-0, 0], { param: 'size' }],
    ['pictures of any size', 'thumbnails', () => [1e9, 0], { param: 'size' }],
    ['a layer that is not', 'thumbnails', () => [8, 1e9], { param: 'layer' }],
    [
      '100000 edits',
      'setEdits',
      () => [Array.from({ length: 100_000 }, () => ({ kind: 'skip', layer: 0, part: 'attn' }))],
      { param: 'edits', value: '100000', need: `a list of at most ${MAX_EDITS} changes` },
    ],
    ['an unknown edit', 'setEdits', () => [[{ kind: 'x' }]], { param: 'kind' }],
  ])('%s: %s is refused', async (_, question, args, facts) => {
    for (const glass of [live, recorded]) {
      expect(((await told(glass, question, args())) as EngineError).facts).toMatchObject({ ...facts, question })
    }
  })
})
