// The static server against the mistakes static servers make.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allowedHost, embedHeaders, securityHeaders } from './headers.mjs'
import { byteRange, listModels, resolveFile, serve } from './serve.mjs'

const box = mkdtempSync(path.join(tmpdir(), 'glassbox-serve-'))
const dist = path.join(box, 'dist')
const models = path.join(box, 'models')
const put = (file, data) => {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, data)
}
let served
const policed = '<meta http-equiv="Content-Security-Policy" content="x">'

/** Raw requests: fetch() would normalise the paths that matter here. */
const ask = (url, { method = 'GET', headers = {} } = {}) =>
  new Promise((resolve, reject) => {
    const { port, hostname } = new URL(served.url)
    const call = request({ host: hostname, port, path: url, method, headers }, (response) => {
      const chunks = []
      response
        .on('data', (chunk) => chunks.push(chunk))
        .on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }),
        )
    })
    call.on('error', reject).end()
  })

beforeAll(async () => {
  put(path.join(dist, 'index.html'), '<!doctype html>')
  put(path.join(dist, 'assets/main-AbCd1234.js'), 'export {}')
  put(path.join(dist, 'data.bin'), '0123456789')
  put(path.join(dist, 'embed.html'), policed)
  put(path.join(dist, 'traces/en.glasstrace'), 'run')
  put(path.join(dist, 'empty.txt'), '')
  put(path.join(box, 'secret.txt'), 'secret')
  put(path.join(dist, '.hidden'), 'secret')
  symlinkSync(path.join(box, 'secret.txt'), path.join(dist, 'link.txt'))
  put(path.join(models, 'tiny/config.json'), '{}')
  put(path.join(models, 'tiny/model one.safetensors'), '12345678')
  put(path.join(models, 'tiny/1_Pooling/config.json'), '{}')
  put(path.join(models, 'tiny/onnx/config.json'), '{}')
  put(path.join(models, 'top.gguf'), 'GGUF')
  put(path.join(models, 'notes/readme.txt'), 'no model here')
  served = await serve({ dir: dist, models, port: 4700 })
})
afterAll(async () => {
  await served.close()
  rmSync(box, { recursive: true })
})

describe('files', () => {
  test('types, index and missing files', async () => {
    expect(await ask('/')).toMatchObject({
      status: 200,
      body: '<!doctype html>',
      headers: { 'content-type': 'text/html; charset=utf-8' },
    })
    expect((await ask('/assets/main-AbCd1234.js')).headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': expect.stringContaining('immutable'),
    })
    expect((await ask('/data.bin?x=1')).headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'no-cache',
    })
    expect(await ask('/empty.txt')).toMatchObject({ status: 200, body: '' })
    expect((await ask('/nothing.js')).status).toBe(404)
    expect((await ask('/assets')).status).toBe(404)
  })
  test('nothing outside the folder, hidden or linked', async () => {
    const tries = [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/..\\secret.txt',
      '/..%5csecret.txt',
      '//../secret.txt',
      '/assets/../../secret.txt',
      '/.hidden',
      '/link.txt',
      '/%00',
      '/%',
      '/models/local/../../secret.txt',
      '/models/local/..%2f..%2fsecret.txt',
    ]
    for (const url of tries) {
      expect(await ask(url), url).toMatchObject({ status: 404, body: expect.not.stringContaining('secret') })
    }
    expect(resolveFile(dist, '/data.bin')).toBe(path.join(dist, 'data.bin'))
  })
  test('GET and HEAD to localhost only', async () => {
    expect(await ask('/data.bin', { method: 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '10' },
    })
    expect((await ask('/', { method: 'POST' })).status).toBe(405)
    expect((await ask('/', { headers: { host: 'evil.example' } })).status).toBe(421)
    expect((await ask('/', { headers: { host: 'localhost:4700' } })).status).toBe(200)
  })
  test('a file that has not changed is not sent again', async () => {
    const { headers } = await ask('/data.bin')
    expect(await ask('/data.bin', { headers: { 'if-none-match': headers.etag } })).toMatchObject({
      status: 304,
      body: '',
    })
  })
})

describe('ranges', () => {
  test.each([
    ['bytes=0-0', [0, 0]],
    ['bytes=2-4', [2, 4]],
    ['bytes=7-', [7, 9]],
    ['bytes=5-100', [5, 9]],
    ['bytes=-3', [7, 9]],
    ['bytes=-100', [0, 9]],
    ['bytes=10-', 'bad'],
    ['bytes=4-2', 'bad'],
    ['bytes=-0', 'bad'],
    ['bytes=-', null],
    ['bytes=0-1,3-4', null],
    ['lines=1-2', null],
    [undefined, null],
  ])('%s', (header, expected) => expect(byteRange(header, 10)).toEqual(expected))

  test('206 and 416 over the wire', async () => {
    expect(await ask('/data.bin', { headers: { range: 'bytes=2-4' } })).toMatchObject({
      status: 206,
      body: '234',
      headers: { 'content-range': 'bytes 2-4/10', 'content-length': '3' },
    })
    expect(await ask('/data.bin', { headers: { range: 'bytes=10-' } })).toMatchObject({
      status: 416,
      headers: { 'content-range': 'bytes */10' },
    })
  })
  test('a changed file is sent from the start', async () => {
    const { headers } = await ask('/data.bin')
    expect((await ask('/data.bin', { headers: { range: 'bytes=2-4', 'if-range': headers.etag } })).status).toBe(206)
    expect(await ask('/data.bin', { headers: { range: 'bytes=2-4', 'if-range': '"other"' } })).toMatchObject({
      status: 200,
      body: '0123456789',
    })
  })
})

describe('local models', () => {
  test('are listed with sizes', async () => {
    const list = JSON.parse((await ask('/models/local/index.json')).body)
    expect(list).toEqual(listModels(models))
    expect(list.models).toEqual([
      { id: 'top.gguf', bytes: 4, files: [{ name: 'top.gguf', url: 'top.gguf', bytes: 4 }] },
      {
        id: 'tiny',
        bytes: 12,
        files: [
          { name: 'config.json', url: 'tiny/config.json', bytes: 2 },
          { name: 'model one.safetensors', url: 'tiny/model%20one.safetensors', bytes: 8 },
          { name: '1_Pooling/config.json', url: 'tiny/1_Pooling/config.json', bytes: 2 },
        ],
      },
    ])
    for (const { files } of list.models) {
      for (const { url, bytes } of files) {
        expect((await ask(`/models/local/${url}`)).headers['content-length']).toBe(String(bytes))
      }
    }
  })
  test('a missing folder is an empty list', () => {
    expect(listModels(path.join(box, 'nowhere'))).toEqual({ models: [] })
  })
})

describe('policy', () => {
  test('every answer carries it, errors too', async () => {
    for (const url of ['/', '/nothing', '/data.bin', '/models/local/index.json']) {
      const { headers } = await ask(url)
      expect(headers['content-security-policy'], url).toBe(securityHeaders()['content-security-policy'])
      expect(headers, url).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      })
    }
  })
  test('any site may frame embed.html, and read recordings; of the rest nothing', async () => {
    const framed = (await ask('/embed.html?embed=lens')).headers
    expect(framed).toMatchObject(embedHeaders)
    expect(embedHeaders['content-security-policy']).toContain('frame-ancestors *')
    for (const name of ['opener', 'embedder']) expect(framed[`cross-origin-${name}-policy`]).toBeUndefined()
    expect((await ask('/traces/en.glasstrace')).headers).toMatchObject({
      ...securityHeaders(),
      'access-control-allow-origin': '*',
    })
    for (const url of ['/', '/data.bin', '/embed.html/', '/x/embed.html', '/models/local/index.json']) {
      const { headers } = await ask(url)
      expect(headers, url).toMatchObject(securityHeaders())
      expect(headers['access-control-allow-origin'], url).toBeUndefined()
    }
  })
  test('a player keeps the policy in it, whichever hosts are allowed', async () => {
    const wider = await serve({ dir: dist, models, port: served.port + 50, hosts: ['https://example.org'] })
    expect(await (await fetch(`${wider.url}embed.html`)).text()).toBe(policed)
    await wider.close()
  })
  test('it allows no code but ours', () => {
    const policy = securityHeaders()['content-security-policy']
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).not.toMatch(/unsafe-|connect-src[^;]*(https: |\*;| \* )/)
  })
  test('a host is allowed by its origin only', () => {
    expect(allowedHost('https://Example.org/')).toBe('https://example.org')
    expect(allowedHost('http://127.0.0.1:8000')).toBe('http://127.0.0.1:8000')
    expect(securityHeaders(['https://example.org'])['content-security-policy']).toContain('https://example.org;')
    for (const wrong of [
      'https:',
      '*',
      'https://*',
      'http://example.org',
      'https://a.b/c',
      "https://a.b; script-src 'unsafe-eval'",
      'https://a.b *',
      'data:',
      '',
    ]) {
      expect(() => allowedHost(wrong), wrong).toThrow(/Cannot allow/)
    }
  })
  test('a taken port is followed by the next, unless it must be this one', async () => {
    const second = await serve({ dir: dist, models, port: served.port })
    expect(second.port).toBeGreaterThan(served.port)
    await second.close()
    await expect(serve({ dir: dist, models, port: served.port, strict: true })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
  })
})
