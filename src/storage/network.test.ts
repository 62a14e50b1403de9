// What a network does to a download, by a real server on this machine and in every chunk: cuts, wrong answers, changed
// files, no network at all, tiny and late pieces. Each run ends, with the right bytes or the right error, and the next
// one goes on; nothing partial is ever opened. The counts are printed.

import 'fake-indexeddb/auto'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { EngineError } from '../engine/errors.ts'
import { sha256 } from '../engine/sha256.ts'
import { Database } from './database.ts'
import { download, type DownloadOptions } from './download.ts'
import { StoredModels } from './models.ts'
import { noise } from './testing/server.ts'
import { faults, openWeb, type Fault, type Web } from './testing/web.ts'
import type { RemoteFile } from './types.ts'

const chunk = 1024
const chunks = 16
/** longest that one run may take: a fault is answered at once, but for a stall */
const hang = 10_000
/** every fourth chunk; all of them when that is asked for (GLASSBOX_FULL=1) */
const each = Array.from({ length: chunks }, (_, k) => k).filter(
  (k) => process.env['GLASSBOX_FULL'] || k % 4 === 0 || k === 15,
)

/** A safetensors file of `chunks` chunks, the last of them not full. */
function safetensors(): Uint8Array<ArrayBuffer> {
  const size = chunks * chunk - 300
  const header = new TextEncoder().encode(`{"w":{"dtype":"U8","shape":[${size}],"data_offsets":[0,${size}]}}`)
  const bytes = new Uint8Array(8 + header.length + size)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true)
  bytes.set(header, 8)
  bytes.set(noise(size), 8 + header.length)
  return bytes
}
/** A GGUF of one tensor of F32. */
function gguf(): Uint8Array<ArrayBuffer> {
  const text = (value: string): number[] => [...u64(value.length), ...new TextEncoder().encode(value)]
  const u32 = (n: number): number[] => [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24]
  const u64 = (n: number): number[] => [...u32(n), 0, 0, 0, 0]
  const arch = [...text('general.architecture'), ...u32(8), ...text('llama')]
  const head = [...u32(0x46554747), ...u32(3), ...u64(1), ...u64(1), ...arch]
  const info = [...text('token_embd.weight'), ...u32(1), ...u64(2048), ...u32(0), ...u64(0)]
  const start = Math.ceil((head.length + info.length) / 32) * 32
  const bytes = new Uint8Array(start + 4 * 2048)
  bytes.set([...head, ...info])
  bytes.set(noise(4 * 2048), start)
  return bytes
}

const weights = safetensors()
const files = {
  'config.json': new TextEncoder().encode('{"model_type":"llama"}'),
  'w.safetensors': weights,
  'model-00002-of-00002.safetensors': weights,
  'm.gguf': gguf(),
  'tokenizer.json': new TextEncoder().encode(JSON.stringify({ words: 'x'.repeat(5000) })),
  'vocab.txt': new TextEncoder().encode('[PAD]\n[UNK]\n'.repeat(300)),
}
const all = weights.length + files['config.json'].length
const counts = { faults: 0, hangs: 0, wrong: 0, partial: 0, recovered: 0, refused: 0 }

let web: Web
let sum: string
beforeAll(async () => {
  web = await openWeb(files)
  sum = await sha256(weights)
})
afterEach(() => {
  Object.assign(web, {
    fault: () => null,
    delay: () => 0,
    piece: 0,
    lengthless: false,
    cutAt: Infinity,
    etag: '"one"',
    sent: 0,
    asked: [],
  })
  vi.unstubAllGlobals()
})
afterAll(async () => {
  await web.close()
  process.stdout.write(`network faults: ${JSON.stringify(counts)}\n`)
  expect(counts).toMatchObject({ hangs: 0, wrong: 0, partial: 0 })
})

const quick: DownloadOptions = { chunkBytes: chunk, backOff: () => 1, retries: 3, stallAfter: 3000 }
const model = { id: 'm', name: 'M', origin: { kind: 'url' as const, url: 'http://models.test/' } }

class Visit {
  readonly db = new Database(crypto.randomUUID())
  readonly models = new StoredModels(this.db)
  constructor(readonly list: RemoteFile[]) {}

  /** One start of the download; what it ends with. A run that does not end counts as a hang. */
  async run(options: DownloadOptions = {}): Promise<EngineError | null> {
    const end = download(this.db, model, this.list, { ...quick, ...options }).then(
      () => null,
      (error: unknown) => error as EngineError,
    )
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), hang)
    })
    const ended = await Promise.race([end, late])
    clearTimeout(timer)
    if (ended === 'late') {
      counts.hangs++
      throw new Error('a download did not end')
    }
    if (ended !== null) {
      const opened = await this.models.open('m').catch((error: EngineError) => error.code)
      if (opened !== 'FILE_MISSING') counts.partial++
      expect(opened, 'nothing of it can be opened').toBe('FILE_MISSING')
    }
    return ended
  }

  async stored(): Promise<number> {
    return (await this.models.get('m'))?.storedBytes ?? 0
  }

  /** All files read back byte for byte. */
  async right(): Promise<void> {
    const opened = await this.models.open('m')
    for (const { name } of this.list) {
      const source = opened.get(name)!
      const same = Buffer.compare(await source.read(0, source.size), files[name as keyof typeof files]) === 0
      if (!same) counts.wrong++
      expect(same, name).toBe(true)
    }
    await this.db.close()
  }
}
const remote = (name: keyof typeof files, more: Partial<RemoteFile> = {}): RemoteFile => ({
  name,
  url: web.url + name,
  ...more,
})
const promised = (): RemoteFile[] => [
  remote('config.json'),
  remote('w.safetensors', { size: weights.length, sha256: sum }),
]
const unpromised = (): RemoteFile[] => [remote('config.json'), remote('w.safetensors', { size: weights.length })]
/** nobody told even how long they are */
const unsized = (): RemoteFile[] => [remote('config.json'), remote('w.safetensors')]
/** what a stalled answer is given, so that the test does not wait as long as people would */
const limit = (fault: Fault): DownloadOptions => (fault === 'stall' ? { stallAfter: 150, retries: 1 } : {})

/** The fault in the answer that begins with chunk k, `times` times. */
function inject(fault: Fault, k: number, times: number): void {
  let left = times
  web.fault = (file, from) => {
    if (file !== 'w.safetensors' || Math.floor(from / chunk) !== k || left === 0) return null
    left--
    counts.faults++
    return fault
  }
}

/** How one broken answer ends; what is not here goes on by itself and ends with the right bytes. */
const once: Partial<Record<Fault, object>> = {
  '404': { code: 'HTTP_STATUS', facts: { status: 404 } },
  'web page': { code: 'NETWORK', facts: { reason: 'html' } },
  'wrong bytes': { code: 'HASH_MISMATCH', facts: { file: 'w.safetensors' } },
}
/** And one that is broken whenever it is asked for. */
const always: Partial<Record<Fault, object>> = {
  ...once,
  reset: { code: 'NETWORK', facts: { reason: 'cut' } },
  short: { code: 'NETWORK', facts: { reason: 'cut' } },
  'short, no length': { code: 'NETWORK' },
  'cut gzip': { code: 'NETWORK' },
  '500': { code: 'HTTP_STATUS', facts: { status: 500 } },
  '429': { code: 'HTTP_STATUS', facts: { status: 429 } },
  stall: { code: 'NETWORK', facts: { reason: 'stall' } },
}

test.each(faults)('N1 %s, once, in every chunk of a file whose hash is known', async (fault) => {
  for (const k of each) {
    inject(fault, k, 1)
    const visit = new Visit(promised())
    const error = await visit.run(limit(fault))
    if (once[fault]) {
      expect(error, `chunk ${k}`).toMatchObject(once[fault])
      counts.refused++
      const before = await visit.stored()
      web.sent = 0
      expect(await visit.run(), `again, chunk ${k}`).toBeNull()
      // no chunk that was stored is fetched again; a wrong byte somewhere costs the file
      if (fault !== 'wrong bytes') expect(web.sent).toBe(all - before)
    } else expect(error, `chunk ${k}`).toBeNull()
    counts.recovered++
    await visit.right()
  }
})

test.each(faults)(
  'N1 %s, whenever it is asked for, then no more',
  async (fault) => {
    for (const k of [0, 7, 15]) {
      for (const list of [promised(), unpromised()]) {
        const known = list[1]!.sha256 !== undefined
        if (fault === 'wrong bytes' && !known) continue // nobody said what the bytes are: nobody can tell
        if (fault === 'other ETag' && !known && k === 0) continue // the file that was begun is that one
        inject(fault, k, Infinity)
        const visit = new Visit(list)
        const error = await visit.run(limit(fault))
        const expected =
          fault === 'other ETag' && !known
            ? { code: 'HASH_MISMATCH', facts: { reason: 'changed', file: 'w.safetensors' } }
            : always[fault]
        if (expected) {
          expect(error, `chunk ${k}`).toMatchObject(expected)
          counts.refused++
          web.fault = () => null
          const before = await visit.stored()
          if (fault !== 'wrong bytes') expect(before).toBeGreaterThanOrEqual(k > 3 ? (k - 3) * chunk : 0)
          expect(await visit.run(), `again, chunk ${k}`).toBeNull()
        } else expect(error, `chunk ${k}`).toBeNull()
        counts.recovered++
        await visit.right()
      }
    }
  },
  20_000,
)

test('a file that changes behind its address is refused by name, and never mixed', async () => {
  for (const k of [1, 9]) {
    const visit = new Visit(unpromised())
    inject('404', k, 1)
    expect(await visit.run({ parallel: 1 })).toMatchObject({ code: 'HTTP_STATUS' })
    web.etag = '"two"'
    web.fault = () => null
    counts.faults++
    const before = await visit.stored()
    expect(await visit.run()).toMatchObject({ code: 'HASH_MISMATCH', facts: { reason: 'changed' } })
    expect(await visit.stored(), 'what is stored is kept').toBe(before)
    web.etag = '"one"'
    expect(await visit.run()).toBeNull()
    await visit.right()
  }
})

test.each(['w.safetensors', 'model-00002-of-00002.safetensors', 'm.gguf', 'tokenizer.json'] as const)(
  'an answer without a length that is cut is not taken for the whole of %s',
  async (name) => {
    const whole = files[name]
    for (const k of each) {
      const visit = new Visit([remote(name)])
      Object.assign(web, { lengthless: true, cutAt: Math.floor((whole.length * k) / chunks) })
      counts.faults++
      expect(await visit.run({ retries: 1 }), `${k} of ${chunks}`).toMatchObject({
        code: 'NETWORK',
        facts: { reason: 'short', file: name },
      })
      web.cutAt = Infinity
      expect(await visit.run()).toBeNull()
      counts.recovered++
      await visit.right()
    }
  },
)

test('a kind of file that cannot say whether it is whole is not taken without a length', async () => {
  web.lengthless = true
  counts.faults++
  expect(await new Visit([remote('vocab.txt')]).run()).toMatchObject({ code: 'NETWORK', facts: { reason: 'length' } })
  web.lengthless = false
  const visit = new Visit([remote('vocab.txt')])
  expect(await visit.run()).toBeNull()
  await visit.right()
})

test('N2 offline in every chunk, then online: it waits, and goes on by itself', async () => {
  const events = new EventTarget()
  vi.stubGlobal('addEventListener', events.addEventListener.bind(events))
  vi.stubGlobal('removeEventListener', events.removeEventListener.bind(events))
  for (const k of each) {
    vi.stubGlobal('navigator', { onLine: true })
    let away = false
    web.fault = (file, from) => {
      if (file === 'w.safetensors' && Math.floor(from / chunk) >= k && !away) {
        away = true
        vi.stubGlobal('navigator', { onLine: false })
      }
      if (!away) return null
      counts.faults++
      return 'reset'
    }
    const visit = new Visit(promised())
    const said = new Set<string>()
    let back = false
    const run = visit.run({
      retries: 2, // what waits for the network is no try
      onProgress: ({ state }) => {
        said.add(state)
        if (state !== 'offline' || back) return
        back = true
        setTimeout(() => {
          web.fault = () => null
          vi.stubGlobal('navigator', { onLine: true })
          events.dispatchEvent(new Event('online'))
        }, 30)
      },
    })
    expect(await run, `chunk ${k}`).toBeNull()
    expect(said.has('offline')).toBe(true)
    counts.recovered++
    await visit.right()
  }
})

test('N3 pieces of a byte, and ranges that come late and out of order', async () => {
  web.piece = 1
  const slow = new Visit([remote('m.gguf'), remote('config.json')])
  expect(await slow.run({ stallAfter: 5000 })).toBeNull()
  await slow.right()
  web.piece = 0
  for (let seed = 0; seed < 9; seed++) {
    const lots = noise(chunks + 1, seed + 2)
    web.delay = (from) => lots[Math.floor(from / chunk)]! % 25
    counts.faults++
    const visit = new Visit([promised, unpromised, unsized][seed % 3]!())
    expect(await visit.run({ parallel: 5, stallAfter: 5000 })).toBeNull()
    counts.recovered++
    await visit.right()
  }
})

test('one file comes by several ranges at once; a stop in the middle costs at most what its ranges had begun', async () => {
  let most = 0
  let open = 0
  let stop = new AbortController()
  let after = 3 * chunk
  web.delay = () => {
    most = Math.max(most, ++open)
    setTimeout(() => open--, 4)
    if (web.sent > after) stop.abort()
    return 4
  }
  const visit = new Visit(promised())
  for (const next of [9 * chunk, Infinity]) {
    expect(await visit.run({ signal: stop.signal })).toMatchObject({ code: 'ABORTED' })
    after = next
    stop = new AbortController()
  }
  expect(await visit.run()).toBeNull()
  expect(most).toBe(3)
  expect(web.sent - all).toBeLessThanOrEqual(2 * 3 * chunk)
  await visit.right()
})
