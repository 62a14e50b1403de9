// A static server for the built page, for this machine only: right MIME types,
// byte ranges, ETags, the security headers, and the local models.
//
//   node scripts/serve.mjs [--port 4173] [--dir dist] [--models models] [--allow-host https://example.org] [--name
// glassbox.test]
//
// --dir is what is served, --models the folder of local models, --allow-host an origin that the page may fetch from, --name
// a host name it answers to beside localhost.
//
// /models/local/<path> is the git-ignored folder models/; /models/local/index.json lists it:
//   { "models": [{ "id": "smollm2", "bytes": 98362432, "files": [{ "name": "a.gguf", "url": "smollm2/a.gguf", "bytes":
// 98362432 }] }] } A folder with model files is one model, a file at the top is one too; url is relative to the index.
import { createReadStream, existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { allowedHost, embedHeaders, securityHeaders, traceHeaders, withoutMeta } from './headers.mjs'
import { readOptions, wholeNumber } from './options.mjs'
import { main, root } from './setup.mjs'

const types = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  webmanifest: 'application/manifest+json; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  md: 'text/plain; charset=utf-8',
  jinja: 'text/plain; charset=utf-8',
  wgsl: 'text/plain; charset=utf-8',
  map: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
}
const modelFile = /\.(gguf|safetensors|json|jinja|txt|model)$/i

/** The file under `dir` that a URL path names, or undefined: no traversal, no hidden files, no links that lead out. */
export function resolveFile(dir, urlPath) {
  let name
  try {
    name = decodeURIComponent(urlPath)
  } catch {
    return undefined
  }
  if (/[\0\\]/.test(name) || name.split('/').some((part) => part.startsWith('.'))) return undefined
  const file = path.join(dir, name.endsWith('/') ? `${name}index.html` : name)
  if (!existsSync(file) || !statSync(file).isFile()) return undefined
  const inside = path.relative(realpathSync(dir), realpathSync(file))
  return inside && !inside.startsWith('..') && !path.isAbsolute(inside) ? file : undefined
}

/** What models/ holds; see the header of this file. */
export function listModels(dir) {
  const found = []
  const walk = (folder, id, depth) => {
    const entries = readdirSync(path.join(dir, folder), { withFileTypes: true }).filter(
      (entry) => !entry.name.startsWith('.'),
    )
    const size = (name) => statSync(path.join(dir, folder, name), { throwIfNoEntry: false })
    // of a sentence model's modules ("1_Pooling/config.json") the configs belong to it
    const modules = entries
      .filter((entry) => /^\d{1,2}_[A-Za-z]+$/.test(entry.name))
      .map((entry) => ({ name: `${entry.name}/config.json` }))
    const files = [...entries, ...modules]
      .filter((entry) => modelFile.test(entry.name) && size(entry.name)?.isFile())
      .map(({ name }) => ({
        name,
        url: [...id, ...name.split('/')].map(encodeURIComponent).join('/'),
        bytes: size(name).size,
      }))
    const add = (label, list) =>
      found.push({ id: label, bytes: list.reduce((sum, file) => sum + file.bytes, 0), files: list })
    if (depth === 0) for (const file of files) add(file.name, [file])
    else if (files.some((file) => /\.(gguf|safetensors)$/i.test(file.name))) add(id.join('/'), files)
    if (depth < 3) {
      for (const { name } of entries) {
        if (size(name)?.isDirectory()) walk(path.join(folder, name), [...id, name], depth + 1)
      }
    }
  }
  if (existsSync(dir)) walk('.', [], 0)
  return { models: found.filter((model) => model.files.some((file) => /\.(gguf|safetensors)$/i.test(file.name))) }
}

/** [start, end] of a single byte range, null when there is none to honour, 'bad' when it cannot be met. */
export function byteRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  // several ranges or another unit: the whole file is a right answer
  if (!match || (!match[1] && !match[2])) return null
  const start = match[1] ? Number(match[1]) : Math.max(0, size - Number(match[2]))
  const end = match[1] && match[2] ? Math.min(Number(match[2]), size - 1) : size - 1
  return start >= size || start > end ? 'bad' : [start, end]
}

/** @param change of a page's text, under another ETag */
function send(request, response, file, change) {
  const { size, mtimeMs } = statSync(file)
  const etag = `"${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}${change ? '-c' : ''}"`
  const hashed = /\/assets\/[^/]+-[\w-]{8}\.\w+$/.test(file.replaceAll('\\', '/'))
  response.setHeader('etag', etag)
  response.setHeader('accept-ranges', 'bytes')
  response.setHeader('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
  response.setHeader('content-type', types[path.extname(file).slice(1).toLowerCase()] ?? 'application/octet-stream')
  if (request.headers['if-none-match'] === etag) return response.writeHead(304).end()
  if (change) return response.end(request.method === 'HEAD' ? undefined : change(readFileSync(file, 'utf8')))
  const ifRange = request.headers['if-range']
  const range = ifRange && ifRange !== etag ? null : byteRange(request.headers.range, size)
  if (range === 'bad') return response.writeHead(416, { 'content-range': `bytes */${size}` }).end()
  const [start, end] = range ?? [0, size - 1]
  if (range) response.setHeader('content-range', `bytes ${start}-${end}/${size}`)
  response.writeHead(range ? 206 : 200, { 'content-length': end - start + 1 })
  if (request.method === 'HEAD' || size === 0) return response.end()
  createReadStream(file, { start, end })
    .on('error', () => response.destroy())
    .pipe(response)
}

/**
 * Connect-style handler of /models/local/; `mounts` maps a first path part to a file or folder elsewhere (demo, bench).
 */
export function localModels(dir, mounts = {}) {
  return (request, response, next) => {
    const name = request.url.split('?')[0].replace(/^\/+/, '')
    const mount = Object.keys(mounts).find((key) => name === key || name.startsWith(`${key}/`))
    if (name === 'index.json') {
      response.setHeader('content-type', types.json)
      response.setHeader('cache-control', 'no-store')
      return response.end(JSON.stringify(listModels(dir)))
    }
    const file = mount
      ? resolveFile(mounts[mount], name.slice(mount.length + 1))
      : existsSync(dir)
        ? resolveFile(dir, name)
        : undefined
    return file ? send(request, response, file) : next()
  }
}

/**
 * Starts the server and resolves to { url, port, close }. A taken port is followed by the next ones, unless `strict`.
 * `hosts` are origins the page may fetch from; `names` are host names it answers to beside localhost (tests of insecure
 * pages).
 */
export function serve({
  dir = path.join(root, 'dist'),
  models = path.join(root, 'models'),
  mounts = {},
  port = 4173,
  strict = false,
  hosts = [],
  names = [],
} = {}) {
  const headers = securityHeaders(hosts.map(allowedHost))
  const local = localModels(models, mounts)
  const headersOf = (place) =>
    place === '/embed.html' ? embedHeaders : place.startsWith('/traces/') ? { ...headers, ...traceHeaders } : headers
  const answer = (request, response) => {
    const place = request.url.split('?')[0]
    for (const [name, value] of Object.entries(headersOf(place))) response.setHeader(name, value)
    const plain = (status, text) => response.writeHead(status, { 'content-type': types.txt }).end(`${text}\n`)
    // A foreign name that resolves to this machine must not read local models (DNS rebinding).
    const name = (request.headers.host ?? '').replace(/:\d+$/, '')
    if (!['localhost', '127.0.0.1', '[::1]', ...names].includes(name)) {
      return plain(421, 'This server answers to localhost only.')
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Only GET and HEAD are answered.')
    const missing = () => plain(404, 'There is no such file.')
    if (place.startsWith('/models/local/')) {
      return local(
        { headers: request.headers, method: request.method, url: place.slice('/models/local'.length) },
        response,
        missing,
      )
    }
    const file = resolveFile(dir, place)
    // the policy in the page knows no host but the usual ones, and the headers say all of it
    return file
      ? send(
          request,
          response,
          file,
          hosts.length > 0 && path.basename(file) === 'index.html' ? withoutMeta : undefined,
        )
      : missing()
  }
  return new Promise((resolve, reject) => {
    const server = createServer(answer)
    let tries = strict ? 1 : 50
    server.on('error', (error) =>
      error.code === 'EADDRINUSE' && --tries > 0 ? server.listen(++port, '127.0.0.1') : reject(error),
    )
    server.on('listening', () => {
      const actual = server.address().port
      resolve({
        url: `http://127.0.0.1:${actual}/`,
        port: actual,
        close: () =>
          new Promise((done) => {
            server.close(done)
            server.closeAllConnections()
          }),
      })
    })
    server.listen(port, '127.0.0.1')
  })
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(async () => {
    const { values } = readOptions(import.meta.url, {
      options: {
        port: { type: 'string' },
        dir: { type: 'string' },
        models: { type: 'string' },
        'allow-host': { type: 'string', multiple: true, default: [] },
        name: { type: 'string', multiple: true, default: [] },
      },
    })
    const port = wholeNumber(values, 'port', { max: 65_535, fallback: 4173 })
    const { url } = await serve({
      dir: values.dir,
      models: values.models,
      port,
      strict: true,
      hosts: values['allow-host'],
      names: values.name,
    })
    console.log(url)
  })
}
