// Recordings by anybody: the shipped ones open, and whatever is changed in them is refused by name or still answers
// everything.

import { readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { EngineError } from '../errors.ts'
import { seeded } from '../ops/inputs.ts'
import { defaultSampling } from '../sampler/chain.ts'
import { readRecording } from './recording-read.ts'
import { openRecording } from './recording.ts'
import { sites } from './types.ts'

type Json = { [name: string]: Json } | Json[] | string | number | boolean | null
function unpack(lang: string): { header: Record<string, Json>; floats: Float32Array } {
  const bytes = new Uint8Array(gunzipSync(readFileSync(`public/traces/${lang}.glasstrace`)))
  const size = new DataView(bytes.buffer).getUint32(12, true),
    start = Math.ceil((16 + size) / 4) * 4
  return {
    header: JSON.parse(new TextDecoder().decode(bytes.subarray(16, 16 + size))) as Record<string, Json>,
    floats: new Float32Array(bytes.buffer.slice(start)),
  }
}
function pack(header: unknown, floats: Float32Array): Blob {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header)),
    start = Math.ceil((16 + text.length) / 4) * 4
  const bytes = new Uint8Array(start + floats.byteLength),
    view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode('GLASSTRC'))
  view.setUint32(8, 1, true)
  view.setUint32(12, text.length, true)
  bytes.set(text, 16)
  bytes.set(new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength), start)
  return new Blob([gzipSync(bytes, { level: 1 })])
}
const found = async (blob: Blob): Promise<unknown> =>
  openRecording(blob).then(
    () => 'opened',
    (error: unknown) => (error instanceof EngineError ? error.facts['found'] : error),
  )

/** Every question a panel asks. */
async function ask(blob: Blob): Promise<void> {
  const glass = await openRecording(blob)
  const { layers, heads, length } = await glass.info()
  const questions: (() => Promise<unknown>)[] = [
    () => glass.tokens(),
    () => glass.headStats(),
    () => glass.weights(),
    () => glass.plan(),
    () => glass.timings(),
    () => glass.thumbnails(16, layers - 1),
    () => glass.valueNorms(0),
    () => glass.lens({ positions: [0, length - 1], layers: [-1, layers - 1], part: 'resid', topK: 5 }),
    () =>
      glass.attention({
        layer: 0,
        heads: [0, heads - 1],
        rows: [0, length],
        cols: [0, length],
        maxRows: 64,
        maxCols: 64,
      }),
    () => glass.contributions(length - 2, 1),
    () => glass.sampling(length, defaultSampling, 5),
    () => glass.draws(length, defaultSampling, 9, 1),
    () => glass.attentionError(0, length - 1),
    () => glass.weightTile('constructor', 0, 0, 1, 1),
    () => glass.setEdits([]),
    ...sites.map((site) => () => glass.probe({ site, layer: 0, head: 0, position: length - 1 })),
  ]
  for (const question of questions) {
    await question().catch((error: unknown) => {
      expect(error).toBeInstanceOf(EngineError)
    })
  }
}

test('the shipped recordings open and answer', async () => {
  for (const lang of ['en', 'zh']) await ask(new Blob([readFileSync(`public/traces/${lang}.glasstrace`)]))
})

// oxlint-disable-next-line typescript/no-explicit-any -- a file's header may be anything
test.each<[string, string, (h: Record<string, any>) => void]>([
  [
    'a length that no attention explains',
    '"tokens" must be a list of 30000',
    (h) => {
      h['info'].length = 30_000
    },
  ],
  [
    'a length beyond any',
    '"info.length" must be a whole number from 1 to 32768',
    (h) => {
      h['info'].length = 60_000
    },
  ],
  [
    'heads',
    '"info.heads" must be a whole number from 1 to 512',
    (h) => {
      h['info'].heads = 1e8
    },
  ],
  [
    'layers',
    '"info.layers" must be a whole number from 1 to 512',
    (h) => {
      h['info'].layers = 1e7
    },
  ],
  [
    'tokens',
    '"tokens" must be a list of 42',
    (h) => {
      h['tokens'] = Array.from({ length: 20_000 }, () => h['tokens'][0])
    },
  ],
  [
    'a long list',
    '"lens" must be a list of at most 210',
    (h) => {
      h['lens'] = Array.from({ length: 100_000 }, () => 0)
    },
  ],
  [
    'numbers used twice',
    ' lie outside the file',
    (h) => {
      h['weights'] = []
      h['tiles'] = {}
      h['attention'] = h['attention'].map((l: unknown[]) => l.map(() => ({ $f32: [0, 903] })))
      h['valueNorms'] = Array.from({ length: 4 }, () => ({ $f32: [0, 336] }))
      h['probes'] = Object.fromEntries(
        Array.from({ length: 42 * 4 }, (_, i) => [
          `logits/0/${i % 42}`,
          { shape: [1856], values: { $f32: [0, 1856] }, norm: 1 },
        ]).concat(
          Array.from({ length: 42 * 12 }, (_, i) => [
            `${['gate', 'up', 'act'][i % 3]}/${Math.floor(i / 126) % 4}/${Math.floor(i / 3) % 42}`,
            { shape: [512], values: { $f32: [0, 512] }, norm: 1 },
          ]),
        ),
      )
    },
  ],
  [
    'numbers of another length',
    '"attention[0][0]" must be 903 numbers',
    (h) => {
      h['attention'][0][0].$f32[1] = 902
    },
  ],
  [
    'numbers outside',
    '"attention[0][0][0]" must be',
    (h) => {
      h['attention'][0][0].$f32[0] = 1e9
    },
  ],
  [
    'a position',
    '"tokens[3].position" must be 3',
    (h) => {
      h['tokens'][3].position = 4
    },
  ],
  [
    'an id',
    '"tokens[0].id" must be a whole number from 0 to 1855',
    (h) => {
      h['tokens'][0].id = 1856
    },
  ],
  [
    'a shape',
    '"probes.q/0/41.shape" must be the shape of 256 numbers',
    (h) => {
      h['probes']['q/0/41'].shape = [1e6, 1]
    },
  ],
  [
    'a key',
    '"probes" must be without the key "constructor/0/0"',
    (h) => {
      h['probes']['constructor/0/0'] = h['probes']['embed/0/0']
    },
  ],
  [
    'nothing',
    '"info" must be an object',
    (h) => {
      delete h['info']
    },
  ],
])('refuses by name: %s', async (_, message, change) => {
  const { header, floats } = unpack('en')
  change(header)
  expect(await found(pack(header, floats))).toEqual(expect.stringContaining(message))
})

test('a header that is longer than its numbers is not read at all', async () => {
  const { floats } = unpack('en')
  expect(await found(pack(`[${'0,'.repeat(3e6)}0]`, floats))).toBe('its header is longer than its numbers')
  expect(await found(pack('[0]', floats))).toBe('"recording" must be an object')
})

test('any change of a value is refused by name, or the recording still answers', async () => {
  const random = seeded(11),
    below = (n: number): number => Math.floor(random() * n)
  const junk: Json[] = [
    -1,
    0,
    0.5,
    1e8,
    2 ** 53,
    1e308,
    -Infinity,
    '',
    'x',
    null,
    true,
    [],
    {},
    [[]],
    { $f32: [0, 1] },
    { $f32: [0, 1e9] },
    { $u8: [300] },
    Array.from({ length: 5000 }, () => 0),
    '__proto__',
    'a'.repeat(1e5),
  ]
  const { header, floats } = unpack('en')
  let opened = 0,
    slowest = 0
  for (let n = 0; n < 1000; n++) {
    let parent: Json = header as Json,
      key: string | number = ''
    for (let depth = 0, last = 1 + below(6); depth < last; depth++) {
      const keys = Object.keys(parent as object)
      if (keys.length === 0) break
      if (key !== '') {
        const next: Json = (parent as Record<string, Json>)[key]!
        if (typeof next !== 'object' || next === null || Object.keys(next).length === 0) break
        parent = next
        key = Object.keys(next)[below(Object.keys(next).length)]!
      } else key = keys[below(keys.length)]!
    }
    const place = parent as Record<string, Json>,
      old = place[key]
    const kind = below(4)
    if (kind === 0) delete place[key]
    else if (kind === 1 && typeof old === 'number') place[key] = old + [1, -1, 1e6][below(3)]!
    else if (kind === 2 && Array.isArray(old)) place[key] = old.slice(0, -1)
    else place[key] = junk[below(junk.length)]!
    const start = performance.now()
    try {
      readRecording(header, floats)
      opened++
      if (opened % 100 === 1) await ask(pack(header, floats))
    } catch (error) {
      expect(error, JSON.stringify([key, place[key]])?.slice(0, 200)).toMatchObject({ code: 'FILE_FORMAT' })
    }
    slowest = Math.max(slowest, performance.now() - start)
    if (Array.isArray(parent) && kind === 0) parent.splice(Number(key), 1, old!)
    else place[key] = old!
  }
  expect(opened).toBeGreaterThan(30)
  expect(() => readRecording(header, floats)).not.toThrow()
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
}, 60_000)

test('edits under the words of files', () => {
  const { header, floats } = unpack('en')
  const edges = { layer: -1, head: 1, queries: [3, 9], keys: [0, 2] }
  ;(header['info'] as Record<string, Json>)['edits'] = [
    { kind: 'drop', keys: [2, 5] },
    { kind: 'cut', ...edges },
  ]
  expect(readRecording(header, floats).info.edits).toEqual([
    { kind: 'evict', keys: [2, 5] },
    { kind: 'mask-edges', ...edges },
  ])
})

test('adapters that were on are told; older recordings know of none', () => {
  const { header, floats } = unpack('en')
  expect(readRecording(header, floats).info.adapters).toBeUndefined()
  const info = header['info'] as Record<string, Json>
  info['adapters'] = [{ name: 'pirate', scale: 0.5, more: 1 }]
  expect(readRecording(header, floats).info.adapters).toEqual([{ name: 'pirate', scale: 0.5 }])
  info['adapters'] = [{ name: 'pirate', scale: 'much' }]
  expect(() => readRecording(header, floats)).toThrow('info.adapters[0].scale')
})
