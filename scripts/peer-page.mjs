// What peers have in common: packages that scripts/peers/ pins and nobody else imports, each in an isolated page of its
// own that may run WebAssembly, which ours must not.
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { resolveFile } from './serve.mjs'
import { Problem, root } from './setup.mjs'

const peers = path.join(root, 'scripts', 'peers')
const json = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** The version that scripts/peers/ pins. Throws the sentence that says how to install it. */
export function peerVersion(name) {
  const wanted = json(path.join(peers, 'package.json')).dependencies[name]
  let here = null
  try {
    here = json(path.join(peers, 'node_modules', name, 'package.json')).version
  } catch {
    // not installed
  }
  if (here === wanted) return wanted
  throw new Problem(
    `--peers needs ${name} ${wanted}, which is ${here ? `here as ${here}` : 'not installed'}. Install it with: npm ci --prefix scripts/peers`,
  )
}

const headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  // wllama starts its worker from a blob
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self' blob:; connect-src 'self' blob:",
}
const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' }

/**
 * Serves an empty page, a package's files, and what was made for it.
 * @param folder of scripts/peers/node_modules
 * @param made bytes by name
 */
export function servePeer(folder, made = {}) {
  const server = createServer((request, response) => {
    const place = request.url.split('?')[0]
    if (place === '/') {
      return response.writeHead(200, { ...headers, 'content-type': 'text/html' }).end('<!doctype html>')
    }
    const bytes = made[place.slice(1)]
    if (bytes) {
      const about = { 'content-type': 'application/octet-stream', 'content-length': bytes.length }
      return response.writeHead(200, { ...headers, ...about }).end(bytes)
    }
    const file = resolveFile(path.join(peers, 'node_modules', ...folder.split('/')), place)
    if (!file) return response.writeHead(404, headers).end()
    const about = { 'content-type': types[path.extname(file)] ?? 'text/plain', 'content-length': statSync(file).size }
    response.writeHead(200, { ...headers, ...about })
    createReadStream(file).pipe(response)
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${server.address().port}/`,
        close: () => {
          server.closeAllConnections()
          server.close()
        },
      }),
    )
  })
}
