// The player: panels that show a recorded run, as one HTML file that needs nothing beside it. vite.config.ts emits it
// twice. player.html is what "Save as a page" fills with a run; it may open no connection at all. embed.html is for
// other sites' iframes, and may fetch recordings from where it lies.
//
// It is the app's own panels and glass. Where they reach for the chat, the models or the worker they get
// src/player/absent.ts: nothing runs in this page. Code and styles lie gzipped in the file, as the run does, so that a
// teacher can send it by mail; the policy names the hash of each, and a browser runs nothing else.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'

/** Bytes of player.html as it lies on the disk. */
export const playerBudget = 350_000

/** Modules of src/ that src/player/absent.ts stands in for. */
const absent = ['store/chat.ts', 'store/models.ts', 'store/client.ts', 'store/index.ts', 'store/branches.ts']

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
const packed = (text) => gzipSync(text, { level: 9 }).toString('base64')

/** Names the stand-in for what is not there; only the stand-in itself sees the real ones. */
const standIn = (src) => {
  const own = path.join(src, 'player/absent.ts')
  const gone = new Set(absent.map((file) => path.join(src, file)))
  return {
    name: 'glassbox:absent',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!importer || !source.startsWith('.') || importer === own) return null
      return gone.has(path.resolve(path.dirname(importer), source)) ? own : null
    },
  }
}

/**
 * @param {{ build: typeof import('vite').build, plugins: () => unknown[] }} tools the bundler and what it needs for React
 * @param {string} root of the repository
 * @returns {Promise<Record<'player.html' | 'embed.html', string>>}
 */
export async function buildPlayer({ build, plugins }, root) {
  const src = path.join(root, 'src')
  const { output } = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [standIn(src), ...plugins()],
    build: {
      write: false,
      target: 'es2023',
      cssCodeSplit: false,
      modulePreload: false,
      rolldownOptions: {
        input: path.join(src, 'player/main.tsx'),
        output: { format: 'iife', codeSplitting: false },
        // a helper for chunks that load chunks, of which there are none here, asks for its own address
        checks: { pluginTimings: false, emptyImportMeta: false },
      },
    },
  })
  const of = (end) => output.filter(({ fileName }) => fileName.endsWith(end))
  const [script, ...more] = of('.js')
  const style = of('.css')
    .map(({ source }) => source)
    .join('\n')
  if (!script || more.length > 0) throw new Error(`The player must be one script, it is ${of('.js').length}.`)
  const page = readFileSync(path.join(src, 'player/player.html'), 'utf8').replaceAll('\r\n', '\n')
  const loader = /<script>([\s\S]*?)<\/script>/.exec(page)[1]
  const fill = (connect) => {
    const policy = [
      "default-src 'none'",
      `script-src ${hash(loader)} ${hash(script.code)}`,
      `style-src ${hash(style)}`,
      'img-src data: blob:',
      `connect-src ${connect}`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types player',
    ].join('; ')
    const parts = { policy, style: packed(style), code: packed(script.code) }
    return page.replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name])
  }
  return { 'player.html': fill("'none'"), 'embed.html': fill("'self'") }
}
