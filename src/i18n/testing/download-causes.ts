// What a network, a server or a saved file does to a download or an import, one failure for each sentence about it; a part
// of causes.ts. For tests only.

import type { ErrorCode } from '../../engine/errors.ts'
import { llamaKeys, writeGguf } from '../../engine/formats/testing.ts'
import { sha256 } from '../../engine/sha256.ts'
import type { Library } from '../../storage/library.ts'
import { Places, type PlaceRow } from '../../storage/places.ts'
import { noise, server, type Behaviour } from '../../storage/testing/server.ts'
import type { ModelOrigin } from '../../storage/types.ts'

interface Cause {
  code: ErrorCode
  what: string
  run: () => unknown
}
type Open = (fetch: typeof globalThis.fetch) => { library: Library }

const at = 'https://files.example/'
const chunk = 4096
const one = (name: string, more: object = {}): ModelOrigin => ({
  kind: 'served',
  id: 'a',
  base: at,
  files: [{ name, ...more }],
})
const answering =
  (answer: () => Response): typeof globalThis.fetch =>
  () =>
    Promise.resolve(answer())
const whole = (head: Record<string, string>, body: BodyInit, status = 200): Response =>
  new Response(body, { status, headers: { 'content-type': 'application/octet-stream', ...head } })

/** @param open a library over a fetch, that tries once and waits for nothing */
export const downloadCauses = (open: Open): Cause[] => {
  /** A model that lies on the disk, and what became of it there. */
  const onDisk = async (state: PermissionState, later: () => Promise<File>): Promise<unknown> => {
    const rows = new Map<string, PlaceRow>()
    const places = new Places({
      all: () => Promise.resolve(rows),
      set: (pairs) => Promise.resolve(pairs.forEach(([key, row]) => rows.set(key, row))),
      remove: () => Promise.resolve(),
    })
    const file = new File(['GGUF'], 'a.gguf', { lastModified: 1 })
    const handle = { name: 'a.gguf', getFile: later, queryPermission: () => Promise.resolve(state) }
    const { id } = await places.add('a', [{ name: 'a.gguf', file, handle }])
    return places.open(id)
  }
  const start = (fetch: typeof globalThis.fetch): Library => {
    const { library } = open(fetch)
    Object.assign(library.options, { parallel: 1, stallAfter: 20 })
    return library
  }
  const add = (fetch: typeof globalThis.fetch, origin: ModelOrigin): Promise<unknown> =>
    start(fetch).add(origin, undefined)
  const fails = (from: number): Behaviour => ({ status: (n) => (n >= from ? 500 : undefined) })
  return [
    {
      code: 'NETWORK',
      what: 'an answer that does not say how long it is, and ends early',
      run: () => {
        const bytes = writeGguf(llamaKeys(), []) as Uint8Array<ArrayBuffer>
        return add(
          answering(() => whole({}, bytes.slice(0, 200))),
          { kind: 'url', url: `${at}a.gguf` },
        )
      },
    },
    {
      code: 'NETWORK',
      what: 'a list of words of which nobody says how long it is',
      run: () =>
        add(
          answering(() => whole({}, '[PAD]\n')),
          one('vocab.txt'),
        ),
    },
    {
      code: 'NETWORK',
      what: 'a server that answers with another part of the file',
      run: () =>
        add(
          answering(() => whole({ 'content-range': 'bytes 5-14/20' }, noise(10), 206)),
          one('a.gguf', { size: 20 }),
        ),
    },
    {
      code: 'NETWORK',
      what: 'a connection on which nothing comes',
      run: () =>
        add(
          (_, init) =>
            Promise.resolve(
              whole(
                {},
                new ReadableStream({
                  start: (body) => init?.signal?.addEventListener('abort', () => body.error(new Error('aborted'))),
                }),
              ),
            ),
          one('a.gguf', { size: 20 }),
        ),
    },
    {
      code: 'HASH_MISMATCH',
      what: 'a file that changed while it was fetched',
      run: async () => {
        const bytes = noise(5 * chunk)
        const files = { [`${at}a.gguf`]: bytes }
        const library = start(server(files, { ...fails(2), etag: () => '"old"' }).fetch)
        const origin = one('a.gguf', { size: bytes.length })
        await library.add(origin, undefined).catch(() => undefined)
        Object.assign(library.options, { fetch: server(files, { etag: () => '"new"' }).fetch })
        await library.add(origin, undefined)
      },
    },
    {
      code: 'HASH_MISMATCH',
      what: 'a damaged part that comes again with other bytes',
      run: async () => {
        const bytes = noise(3 * chunk)
        const library = start(server({ [`${at}a.gguf`]: bytes }).fetch)
        const origin = one('a.gguf', { size: bytes.length, sha256: await sha256(bytes) })
        await library.add(origin, undefined)
        await library.db.run('damage a chunk', ['chunks'], 'readwrite', (tx) =>
          tx.objectStore('chunks').put(noise(chunk, 9).buffer, ['a', 'a.gguf', 1]),
        )
        await library.models.verify('a')
        Object.assign(library.options, { fetch: server({ [`${at}a.gguf`]: noise(3 * chunk, 5) }).fetch })
        await library.resume('a')
      },
    },
    {
      code: 'HASH_MISMATCH',
      what: 'a server whose file has another length',
      run: () => add(server({ [`${at}a.gguf`]: noise(9000) }).fetch, one('a.gguf', { size: 8999 })),
    },
    {
      code: 'HASH_MISMATCH',
      what: 'a saved model that was damaged on the way',
      run: async () => {
        const bytes = writeGguf(llamaKeys(), []) as Uint8Array<ArrayBuffer>
        const library = start(server({ [`${at}a.gguf`]: bytes }).fetch)
        await library.add(one('a.gguf', { size: bytes.length }), undefined)
        const saved = new Uint8Array(await (await library.models.export('a')).arrayBuffer())
        saved[saved.length - 1024 - ((512 - (bytes.length % 512)) % 512) - 5]! ^= 1
        await library.import([new File([saved], 'a.tar')], undefined, {}, () => Promise.resolve(null))
      },
    },
    {
      code: 'FILE_MISSING',
      what: 'a model on the disk at the next visit',
      run: () => onDisk('prompt', () => Promise.reject(new Error('not asked'))),
    },
    {
      code: 'FILE_MISSING',
      what: 'a model on the disk that was moved',
      run: () => onDisk('granted', () => Promise.reject(new DOMException('gone', 'NotFoundError'))),
    },
    {
      code: 'FILE_MISSING',
      what: 'a model on the disk that was changed',
      run: () => onDisk('granted', () => Promise.resolve(new File(['GGUF!'], 'a.gguf'))),
    },
    {
      code: 'FILE_MISSING',
      what: 'half a download',
      run: async () => {
        const library = start(server({ [`${at}a.gguf`]: noise(20_000) }, fails(3)).fetch)
        await library.add({ kind: 'url', url: `${at}a.gguf` }, undefined).catch(() => undefined)
        await library.using((await library.list())[0]!.id, () => Promise.resolve())
      },
    },
  ]
}
