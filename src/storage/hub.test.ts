import { expect, test } from 'vitest'
import type { EngineError } from '../engine/errors.ts'
import { errorsEn } from '../i18n/errors.en.ts'
import { errorsZh } from '../i18n/errors.zh.ts'
import { explain } from '../i18n/explain.ts'
import type { Fetch } from './http.ts'
import { localModels, lookup } from './hub.ts'
import { idOf } from './names.ts'

const sha = 'a'.repeat(40)
const oid = 'b'.repeat(64)
interface Answer {
  status?: number
  json?: unknown
  length?: number
  html?: boolean
}
/** A net of few addresses; everything else is 404. */
const net = (answers: Record<string, Answer>): { fetch: Fetch; asked: string[] } => {
  const asked: string[] = []
  const fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = String(input)
    asked.push(`${init?.method ?? 'GET'} ${url}`)
    const { status = 200, json, length, html } = answers[url] ?? { status: 404 }
    const headers: Record<string, string> = {
      'content-type': html ? 'text/html' : 'application/json',
      ...(length !== undefined && { 'content-length': String(length) }),
    }
    return Promise.resolve(
      new Response(init?.method === 'HEAD' ? null : json === undefined ? 'x' : JSON.stringify(json), {
        status,
        headers,
      }),
    )
  }
  return { fetch, asked }
}
const hub = (
  tree: { path: string; size: number; lfs?: { oid: string; size: number } }[],
  info: object = {},
  host = 'https://huggingface.co',
) =>
  net({
    [`${host}/api/models/o/n/revision/main`]: {
      json: { sha, cardData: { license: 'apache-2.0' }, gated: false, ...info },
    },
    [`${host}/api/models/o/n/tree/${sha}`]: { json: tree.map((f) => ({ type: 'file', oid: 'x', ...f })) },
  })
const file = (path: string, size = 10) => ({ path, size })
const big = (path: string, size = 1000) => ({ path, size: 130, lfs: { oid, size } })
const origin = { kind: 'hub', repo: 'o/n' } as const

test('a safetensors repository: one set of weights and its companions, pinned to a commit', async () => {
  const { fetch } = hub([
    file('README.md'),
    file('config.json'),
    file('tokenizer.json', 20),
    file('vocab.json'),
    file('chat_template.jinja'),
    big('model.safetensors'),
    big('consolidated.safetensors'),
    big('pytorch_model.bin'),
    { path: 'onnx', size: 0 },
  ])
  const found = await lookup(origin, { fetch })
  expect(found).toMatchObject({
    id: 'hf:o/n',
    name: 'n',
    licence: 'apache-2.0',
    gated: false,
    bytes: 1040,
    origin: { revision: sha },
  })
  expect(found.files.map((f) => f.name)).toEqual([
    'config.json',
    'tokenizer.json',
    'chat_template.jinja',
    'model.safetensors',
  ])
  expect(found.files.at(-1)).toEqual({
    name: 'model.safetensors',
    size: 1000,
    sha256: oid,
    url: `https://huggingface.co/o/n/resolve/${sha}/model.safetensors`,
  })
})

test('a sentence model brings the configs of its modules', async () => {
  const at = 'https://huggingface.co/api/models/o/n'
  const folder = (path: string) => ({ type: 'directory', path })
  const one = (path: string) => ({ type: 'file', oid: 'x', ...file(path) })
  const { fetch, asked } = net({
    [`${at}/revision/main`]: { json: { sha } },
    [`${at}/tree/${sha}`]: {
      json: [
        ...['config.json', 'tokenizer.json', 'modules.json', 'sentence_bert_config.json', 'model.safetensors'].map(one),
        folder('1_Pooling'),
        folder('onnx'),
      ],
    },
    [`${at}/tree/${sha}/1_Pooling`]: { json: [one('1_Pooling/config.json')] },
  })
  const { files } = await lookup(origin, { fetch })
  expect(files.map((f) => f.name)).toContain('1_Pooling/config.json')
  expect(files.find((f) => f.name === '1_Pooling/config.json')!.url).toMatch(/\/1_Pooling\/config\.json$/)
  expect(files).toHaveLength(6)
  expect(asked.filter((url) => url.includes('onnx'))).toEqual([])
})

test('shards come with their index; mirrors and gated repositories are told', async () => {
  const host = 'https://hf-mirror.com'
  const { fetch } = hub(
    [
      file('config.json'),
      file('tokenizer.json'),
      file('model.safetensors.index.json'),
      big('model-00001-of-00002.safetensors'),
      big('model-00002-of-00002.safetensors'),
    ],
    { gated: 'manual' },
    host,
  )
  const found = await lookup({ ...origin, host }, { fetch })
  expect(found.gated).toBe(true)
  expect(found.files.map((f) => f.name)).toContain('model.safetensors.index.json')
  expect(found.files.every((f) => f.url.startsWith(host))).toBe(true)
})

test('.gguf files are offered; one alone is taken; a chosen one is found', async () => {
  const two = hub([big('n-q4.gguf', 5), big('n-q8.gguf', 9), big('x-00001-of-00002.gguf')])
  expect(await lookup(origin, two)).toMatchObject({
    files: [],
    bytes: null,
    choices: [
      { file: 'n-q4.gguf', bytes: 5 },
      { file: 'n-q8.gguf', bytes: 9 },
    ],
  })
  expect(await lookup({ ...origin, file: 'n-q8.gguf' }, two)).toMatchObject({
    id: 'hf:o/n/n-q8.gguf',
    bytes: 9,
    files: [{ name: 'n-q8.gguf' }],
  })
  await expect(lookup({ ...origin, file: 'no.gguf' }, two)).rejects.toMatchObject({ code: 'FILE_MISSING' })
  expect(await lookup(origin, hub([big('only.gguf', 7), file('README.md')]))).toMatchObject({
    id: 'hf:o/n/only.gguf',
    bytes: 7,
  })
})

test('repositories that cannot be used say why', async () => {
  await expect(lookup(origin, hub([big('pytorch_model.bin')]))).rejects.toMatchObject({
    code: 'FILE_MISSING',
    message: expect.stringContaining('pickle') as string,
  })
  await expect(lookup(origin, hub([]))).rejects.toMatchObject({ code: 'FILE_MISSING' })
  await expect(lookup({ kind: 'hub', repo: 'no/where' }, net({}))).rejects.toMatchObject({
    code: 'HTTP_STATUS',
    facts: { status: 404 },
  })
  await expect(
    lookup(origin, net({ 'https://huggingface.co/api/models/o/n/revision/main': { html: true } })),
  ).rejects.toMatchObject({ code: 'NETWORK', facts: { reason: 'html' } })
  await expect(lookup({ kind: 'import' })).rejects.toMatchObject({ code: 'FILE_MISSING' })
})

test('files that a list promises: nobody is asked which there are, and each has its hash', async () => {
  const promise = (name: string) => ({ name, size: 5, sha256: oid })
  const files = ['config.json', 'sub/model.safetensors', '1_Pooling/config.json'].map(promise)
  const none = net({})
  const pinned = await lookup({ ...origin, revision: sha, host: 'https://mirror.test/', files }, none)
  expect([none.asked, pinned.bytes, pinned.id]).toEqual([[], 15, 'hf:o/n'])
  const at = `https://mirror.test/o/n/resolve/${sha}`
  expect(pinned.files).toEqual([
    { ...promise('config.json'), url: `${at}/config.json` },
    { ...promise('model.safetensors'), url: `${at}/sub/model.safetensors` },
    { ...promise('1_Pooling/config.json'), url: `${at}/1_Pooling/config.json` },
  ])
  const main = hub([])
  expect((await lookup({ ...origin, files }, main)).origin).toEqual({ ...origin, revision: sha, files })
  expect(main.asked).toEqual(['GET https://huggingface.co/api/models/o/n/revision/main'])
  const folder = await lookup({ kind: 'url', url: 'https://x.test/m/?k=1', files }, none)
  expect(folder.files[1]!.url).toBe('https://x.test/m/sub/model.safetensors?k=1')
  const single = await lookup({ kind: 'url', url: 'https://x.test/m.gguf?k=1', files: [promise('m.gguf')] }, none)
  expect(single.files).toEqual([{ ...promise('m.gguf'), url: 'https://x.test/m.gguf?k=1' }])
  const evil = { kind: 'url' as const, url: 'https://x.test/m/', files: [promise('../m.gguf')] }
  await expect((async () => lookup(evil, none))()).rejects.toMatchObject({ code: 'FILE_FORMAT' })
  expect(none.asked).toEqual([])
})

test('a .gguf address, and a folder whose shards stay inside it', async () => {
  const gguf = 'https://x.test/a/m.gguf?sig=1'
  expect(await lookup({ kind: 'url', url: gguf }, net({ [gguf]: { length: 12 } }))).toMatchObject({
    name: 'm',
    bytes: 12,
    files: [{ name: 'm.gguf', url: gguf, size: 12 }],
  })
  // any part stands for all, with the address's question; a part that is not there is missed by its name
  const part = (n: number): string => `https://x.test/a%20b/m-0000${n}-of-00002.gguf?sig=1`
  const both = { [part(1)]: { length: 5 }, [part(2)]: { length: 7 } }
  for (const n of [1, 2]) {
    const { files, bytes, name } = await lookup({ kind: 'url', url: part(n) }, net(both))
    expect([name, bytes, files.map(({ url }) => url)]).toEqual(['m', 12, [part(1), part(2)]])
  }
  await expect(
    lookup({ kind: 'url', url: part(2) }, net({ [part(2)]: { length: 7 }, [part(1)]: { status: 404 } })),
  ).rejects.toMatchObject({ code: 'FILE_MISSING', facts: { file: 'm-00001-of-00002.gguf', reason: 'no-file' } })

  const base = 'https://x.test/m/'
  const index = (weight_map: Record<string, string>) =>
    net({
      [`${base}model.safetensors.index.json`]: { json: { weight_map } },
      [`${base}tokenizer_config.json`]: { length: 3 },
      [`${base}chat_template.jinja`]: { html: true },
    })
  const found = await lookup(
    { kind: 'url', url: `${base}config.json` },
    index({
      a: 'model-00001-of-00002.safetensors',
      b: 'model-00002-of-00002.safetensors',
      c: 'model-00001-of-00002.safetensors',
    }),
  )
  expect(found.files.map((f) => f.name)).toEqual([
    'config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'model.safetensors.index.json',
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
  ])
  const older = await lookup(
    { kind: 'url', url: `${base}config.json` },
    net({ [`${base}model.safetensors`]: { length: 9 }, [`${base}spiece.model`]: { length: 4 } }),
  )
  expect(older.files.map((f) => f.name)).toEqual(['config.json', 'spiece.model', 'model.safetensors'])
  for (const evil of [
    '../evil',
    '/etc/passwd',
    'https://evil.test/x',
    '\\\\evil\\a',
    ' /x',
    'data:,x',
    'a/../../b',
    '..',
    '',
  ]) {
    await expect(lookup({ kind: 'url', url: base }, index({ a: evil })), evil).rejects.toMatchObject({
      code: expect.stringMatching(/^FILE_/) as string,
    })
  }
})

test('what is served beside the page', async () => {
  const page = 'http://localhost:1'
  const found = await lookup(
    {
      kind: 'served',
      base: '/models/storyteller/',
      files: [{ name: 'config.json' }, { name: 'model.safetensors', size: 9 }],
    },
    { page, ...net({ [`${page}/models/storyteller/config.json`]: { length: 3 } }) },
  )
  expect(found).toMatchObject({ id: 'storyteller', bytes: 12 })
  const json = {
    models: [
      { id: 'top.gguf', bytes: 5, files: [{ name: 'top.gguf', url: 'top.gguf', bytes: 5 }] },
      {
        id: 'st',
        files: [
          { name: 'config.json', url: 'st/config.json', bytes: 1 },
          { name: 'tokenizer.json', url: 'st/tokenizer.json', bytes: 1 },
          { name: 'model.safetensors', url: 'st/model.safetensors', bytes: 8 },
          { name: 'notes.txt', bytes: 1 },
        ],
      },
      {
        id: 'two',
        files: [
          { name: 'a.gguf', url: 'two/a.gguf', bytes: 1 },
          { name: 'b.gguf', url: 'two/b.gguf', bytes: 2 },
        ],
      },
      { id: '../up', files: [{ name: 'a.gguf' }] },
      { id: 'out', files: [{ name: 'a.gguf', url: '../../secret/a.gguf' }] },
      null,
      7,
    ],
  }
  const local = await localModels({ page, ...net({ [`${page}/models/local/index.json`]: { json } }) })
  expect(local.map((m) => [m.id, m.name, m.bytes])).toEqual([
    ['local:top.gguf', 'top', 5],
    ['local:st', 'st', 10],
    ['local:two/a.gguf', 'two/a', 1],
    ['local:two/b.gguf', 'two/b', 2],
  ])
  expect(local[1]!.files.map((f) => f.url)).toContain(`${page}/models/local/st/model.safetensors`)
  for (const model of local) expect(idOf(model.origin)).toBe(model.id)
  expect(await localModels({ page, ...net({}) })).toEqual([])
  expect(await localModels({ page, ...net({ [`${page}/models/local/index.json`]: { html: true } }) })).toEqual([])
})

/** What a person reads when a look-up fails: text and advice, in both languages. */
async function said(
  origin: Parameters<typeof lookup>[0],
  answers: { fetch: Fetch },
): Promise<[en: string, zh: string]> {
  const problem = await lookup(origin, answers).then(
    () => {
      throw new Error('it was found')
    },
    ({ code, message, facts }: EngineError) => ({ code, message, facts }),
  )
  return (['en', 'zh'] as const).map((lang) => {
    const { text, todo } = explain(problem, lang === 'en' ? errorsEn : errorsZh, lang)
    expect(text + todo).not.toMatch(/undefined|null|“”/)
    return `${text} ${todo}`
  }) as [string, string]
}

test('a mistyped name, a private or gated one, and one without that revision each have their sentence', async () => {
  const at = (status: number, revision = 'main') =>
    net({ [`https://huggingface.co/api/models/o/n/revision/${revision}`]: { status } })
  expect(await said(origin, at(401))).toEqual([
    'There is no model “o/n”, or it is private: huggingface.co says the same for both. Check the spelling (owner/name). If the model is private, download its files in another tab with your account, then drop them here.',
    '没有“o/n”这个模型，或者它是私有的：huggingface.co 对两种情况的回答相同。 请检查拼写（所有者/名称）。如果模型是私有的，请在另一个标签页用你的账号下载文件，再拖到这里。',
  ])
  expect((await said(origin, at(403)))[0]).toBe(
    '“o/n” is there, but its owner wants you to accept a licence first. Accept the licence on its page in another tab with your account, download the files there, then drop them here.',
  )
  expect((await said(origin, at(404)))[0]).toBe(
    'There is no model “o/n” on huggingface.co. Check the spelling (owner/name).',
  )
  expect((await said({ ...origin, revision: 'v9' }, at(404, 'v9')))[0]).toContain('or it has no revision “v9”')
  expect((await said(origin, at(429)))[0]).toContain(
    'answered with status 429. It was asked too often. What was downloaded is kept. Try again later.',
  )
  expect((await said(origin, at(503)))[0]).toContain('status 503. What was downloaded is kept. Try again later.')
})

test('repositories with nothing to load keep their reason on screen', async () => {
  const why: [string[], string, string][] = [
    [
      ['pytorch_model.bin', 'config.json'],
      'it has only pickle files (.bin), which can run code when opened',
      '只有 pickle 文件',
    ],
    [['m-00001-of-00003.gguf'], 'its .gguf files are split, and parts are missing', '.gguf 文件被拆开'],
    [['mmproj-m-f16.gguf'], 'its only .gguf turns pictures into tokens (mmproj)', 'mmproj'],
    [['model.onnx'], 'it has only ONNX files', '只有 ONNX 文件'],
    [['README.md'], 'it has no .safetensors and no .gguf file', '没有 .safetensors'],
  ]
  for (const [names, en, zh] of why) {
    const words = await said(origin, hub(names.map((name) => big(name))))
    expect(words[0]).toBe(
      `“o/n” cannot be used: ${en}. Choose a repository that offers .safetensors or .gguf files: most models have one.`,
    )
    expect(words[1]).toContain(zh)
  }
  expect((await said({ ...origin, file: 'no.gguf' }, hub([big('a.gguf')])))[0]).toBe(
    '“o/n” cannot be used: it has no such file (“no.gguf”). Check the file’s name, or enter the repository alone and choose from its list.',
  )
  expect((await said({ kind: 'import' }, net({})))[0]).toContain('came from this computer')
})

test('an adapter’s repository is named as such, with its base model, before anything is downloaded', async () => {
  const tree = hub([file('adapter_config.json'), big('adapter_model.safetensors'), file('tokenizer.json')])
  const config = net({
    [`https://huggingface.co/o/n/resolve/${sha}/adapter_config.json`]: {
      json: { peft_type: 'LORA', base_model_name_or_path: 'meta-llama/Llama-3.2-1B' },
    },
  })
  const fetch: Fetch = (input, init) =>
    (String(input).endsWith('adapter_config.json') ? config : tree).fetch(input, init)
  expect((await said(origin, { fetch }))[0]).toContain(
    '“o/n” is a LoRA adapter for “meta-llama/Llama-3.2-1B”: a set of changes to a model, not a model.',
  )
  expect((await said(origin, tree))[0]).toContain('“o/n” is a PEFT adapter: a set')
})

test('a split .gguf is one choice with all its parts; small files bring their blob id', async () => {
  const parts = ['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf']
  const tree = hub([...parts.map((name) => big(name, 5)), big('q8.gguf', 9)])
  expect(await lookup(origin, tree)).toMatchObject({
    files: [],
    choices: [
      { file: parts[0], bytes: 10 },
      { file: 'q8.gguf', bytes: 9 },
    ],
  })
  const chosen = await lookup({ ...origin, file: parts[0]! }, tree)
  expect([chosen.bytes, chosen.name, chosen.files.map((f) => f.name)]).toEqual([10, 'm', parts])
  const blob = 'd'.repeat(40)
  const { files } = await lookup(
    origin,
    hub([
      { ...file('config.json'), oid: blob } as never,
      file('tokenizer.json'),
      { ...big('model.safetensors'), oid: blob } as never,
    ]),
  )
  expect(files.map((f) => [f.name, f.blob, f.sha256])).toEqual([
    ['config.json', blob, undefined],
    ['tokenizer.json', undefined, undefined],
    ['model.safetensors', undefined, oid],
  ])
})
