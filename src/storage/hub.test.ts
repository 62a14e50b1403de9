import { expect, test } from 'vitest'
import type { Fetch } from './http.ts'
import { localModels, lookup } from './hub.ts'
import { idOf } from './names.ts'

const sha = 'a'.repeat(40)
const oid = 'b'.repeat(64)
interface Answer { status?: number; json?: unknown; length?: number; html?: boolean }
/** A net of few addresses; everything else is 404. */
const net = (answers: Record<string, Answer>): { fetch: Fetch; asked: string[] } => {
  const asked: string[] = []
  const fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = String(input)
    asked.push(`${init?.method ?? 'GET'} ${url}`)
    const { status = 200, json, length, html } = answers[url] ?? { status: 404 }
    const headers: Record<string, string> = { 'content-type': html ? 'text/html' : 'application/json', ...(length !== undefined && { 'content-length': String(length) }) }
    return Promise.resolve(new Response(init?.method === 'HEAD' ? null : json === undefined ? 'x' : JSON.stringify(json), { status, headers }))
  }
  return { fetch, asked }
}
const hub = (tree: { path: string; size: number; lfs?: { oid: string; size: number } }[], info: object = {}, host = 'https://huggingface.co') => net({
  [`${host}/api/models/o/n/revision/main`]: { json: { sha, cardData: { license: 'apache-2.0' }, gated: false, ...info } },
  [`${host}/api/models/o/n/tree/${sha}`]: { json: tree.map((f) => ({ type: 'file', oid: 'x', ...f })) },
})
const file = (path: string, size = 10) => ({ path, size })
const big = (path: string, size = 1000) => ({ path, size: 130, lfs: { oid, size } })
const origin = { kind: 'hub', repo: 'o/n' } as const

test('a safetensors repository: one set of weights and its companions, pinned to a commit', async () => {
  const { fetch } = hub([file('README.md'), file('config.json'), file('tokenizer.json', 20), file('vocab.json'), file('chat_template.jinja'),
    big('model.safetensors'), big('consolidated.safetensors'), big('pytorch_model.bin'), { path: 'onnx', size: 0 }])
  const found = await lookup(origin, { fetch })
  expect(found).toMatchObject({ id: 'hf:o/n', name: 'n', licence: 'apache-2.0', gated: false, bytes: 1040, origin: { revision: sha } })
  expect(found.files.map((f) => f.name)).toEqual(['config.json', 'tokenizer.json', 'chat_template.jinja', 'model.safetensors'])
  expect(found.files.at(-1)).toEqual({ name: 'model.safetensors', size: 1000, sha256: oid, url: `https://huggingface.co/o/n/resolve/${sha}/model.safetensors` })
})

test('shards come with their index; mirrors and gated repositories are told', async () => {
  const host = 'https://hf-mirror.com'
  const { fetch } = hub([file('config.json'), file('tokenizer.json'), file('model.safetensors.index.json'), big('model-00001-of-00002.safetensors'), big('model-00002-of-00002.safetensors')], { gated: 'manual' }, host)
  const found = await lookup({ ...origin, host }, { fetch })
  expect(found.gated).toBe(true)
  expect(found.files.map((f) => f.name)).toContain('model.safetensors.index.json')
  expect(found.files.every((f) => f.url.startsWith(host))).toBe(true)
})

test('.gguf files are offered; one alone is taken; a chosen one is found', async () => {
  const two = hub([big('n-q4.gguf', 5), big('n-q8.gguf', 9), big('x-00001-of-00002.gguf')])
  expect(await lookup(origin, two)).toMatchObject({ files: [], bytes: null, choices: [{ file: 'n-q4.gguf', bytes: 5 }, { file: 'n-q8.gguf', bytes: 9 }] })
  expect(await lookup({ ...origin, file: 'n-q8.gguf' }, two)).toMatchObject({ id: 'hf:o/n/n-q8.gguf', bytes: 9, files: [{ name: 'n-q8.gguf' }] })
  await expect(lookup({ ...origin, file: 'no.gguf' }, two)).rejects.toMatchObject({ code: 'FILE_MISSING' })
  expect(await lookup(origin, hub([big('only.gguf', 7), file('README.md')]))).toMatchObject({ id: 'hf:o/n/only.gguf', bytes: 7 })
})

test('repositories that cannot be used say why', async () => {
  await expect(lookup(origin, hub([big('pytorch_model.bin')]))).rejects.toMatchObject({ code: 'FILE_MISSING', message: expect.stringContaining('pickle') as string })
  await expect(lookup(origin, hub([]))).rejects.toMatchObject({ code: 'FILE_MISSING' })
  await expect(lookup({ kind: 'hub', repo: 'no/where' }, net({}))).rejects.toMatchObject({ code: 'HTTP_STATUS', facts: { status: 404 } })
  await expect(lookup(origin, net({ 'https://huggingface.co/api/models/o/n/revision/main': { html: true } }))).rejects.toMatchObject({ code: 'NETWORK', facts: { reason: 'html' } })
  await expect(lookup({ kind: 'import' })).rejects.toMatchObject({ code: 'FILE_MISSING' })
})

test('a .gguf address, and a folder whose shards stay inside it', async () => {
  const gguf = 'https://x.test/a/m.gguf?sig=1'
  expect(await lookup({ kind: 'url', url: gguf }, net({ [gguf]: { length: 12 } }))).toMatchObject({ name: 'm', bytes: 12, files: [{ name: 'm.gguf', url: gguf, size: 12 }] })

  const base = 'https://x.test/m/'
  const index = (weight_map: Record<string, string>) => net({
    [`${base}model.safetensors.index.json`]: { json: { weight_map } }, [`${base}tokenizer_config.json`]: { length: 3 }, [`${base}chat_template.jinja`]: { html: true },
  })
  const found = await lookup({ kind: 'url', url: `${base}config.json` }, index({ a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors', c: 'model-00001-of-00002.safetensors' }))
  expect(found.files.map((f) => f.name)).toEqual(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors.index.json', 'model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'])
  for (const evil of ['../evil', '/etc/passwd', 'https://evil.test/x', '\\\\evil\\a', ' /x', 'data:,x', 'a/../../b', '..', '']) {
    await expect(lookup({ kind: 'url', url: base }, index({ a: evil })), evil).rejects.toMatchObject({ code: expect.stringMatching(/^FILE_/) as string })
  }
})

test('what is served beside the page', async () => {
  const page = 'http://localhost:1'
  const found = await lookup({ kind: 'served', base: '/models/storyteller/', files: [{ name: 'config.json' }, { name: 'model.safetensors', size: 9 }] }, { page, ...net({ [`${page}/models/storyteller/config.json`]: { length: 3 } }) })
  expect(found).toMatchObject({ id: 'storyteller', bytes: 12 })
  const json = { models: [
    { id: 'top.gguf', bytes: 5, files: [{ name: 'top.gguf', url: 'top.gguf', bytes: 5 }] },
    { id: 'st', files: [{ name: 'config.json', url: 'st/config.json', bytes: 1 }, { name: 'tokenizer.json', url: 'st/tokenizer.json', bytes: 1 }, { name: 'model.safetensors', url: 'st/model.safetensors', bytes: 8 }, { name: 'notes.txt', bytes: 1 }] },
    { id: 'two', files: [{ name: 'a.gguf', url: 'two/a.gguf', bytes: 1 }, { name: 'b.gguf', url: 'two/b.gguf', bytes: 2 }] },
    { id: '../up', files: [{ name: 'a.gguf' }] }, { id: 'out', files: [{ name: 'a.gguf', url: '../../secret/a.gguf' }] }, null, 7,
  ] }
  const local = await localModels({ page, ...net({ [`${page}/models/local/index.json`]: { json } }) })
  expect(local.map((m) => [m.id, m.name, m.bytes])).toEqual([['local:top.gguf', 'top', 5], ['local:st', 'st', 10], ['local:two/a.gguf', 'two/a', 1], ['local:two/b.gguf', 'two/b', 2]])
  expect(local[1]!.files.map((f) => f.url)).toContain(`${page}/models/local/st/model.safetensors`)
  for (const model of local) expect(idOf(model.origin)).toBe(model.id)
  expect(await localModels({ page, ...net({}) })).toEqual([])
  expect(await localModels({ page, ...net({ [`${page}/models/local/index.json`]: { html: true } }) })).toEqual([])
})
