// One build: page, engine worker, service worker. Relative paths, so dist works in any folder.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import react from '@vitejs/plugin-react'
import { build, defineConfig, type Plugin } from 'vite'
import { metaPolicy, securityHeaders } from './scripts/headers.mjs'
import { buildPlayer } from './scripts/player.mjs'
import { localModels } from './scripts/serve.mjs'

const root = import.meta.dirname
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')
/** Everything that is kept for offline: public/ (4.2 MiB, most of it the embedded model) and all that is built, lessons included. */
const precacheLimit = 12 * 2 ** 20

function publicFiles(dir = path.join(root, 'public'), prefix = ''): [name: string, data: Uint8Array][] {
  if (!existsSync(dir)) return []
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .flatMap((entry) =>
      entry.isDirectory()
        ? publicFiles(path.join(dir, entry.name), `${prefix}${entry.name}/`)
        : [[prefix + entry.name, readFileSync(path.join(dir, entry.name))] as [string, Uint8Array]],
    )
}

/**
 * The embedded model's files as they lie in public/, so that a page knows when its reader's stored copy is of another
 * build.
 */
const embeddedModel = () => {
  const dir = 'models/storyteller/'
  const parts = /^(config|generation_config|tokenizer|tokenizer_config)\.json$|\.safetensors$/
  return publicFiles(path.join(root, 'public', dir))
    .filter(([name]) => parts.test(name))
    .map(([name, data]) => ({ name, size: data.length, sha256: sha256(data) }))
}

/** One of each kind, and what lessons load: adapters and tokenizers alone are among those. */
const tinyPlaces = ['models', 'lessons'] as const

/** Every folder of public/<place>/ with an about.json, small, as the page's catalog wants it. */
const tinyModels = (place: (typeof tinyPlaces)[number]) => {
  const dir = path.join(root, 'public', place)
  const parts =
    /^((1_Pooling\/)?config|generation_config|tokenizer|tokenizer_config|modules|sentence_bert_config|adapter_config)\.json$|\.safetensors$/
  return readdirSync(dir)
    .filter((id) => existsSync(path.join(dir, id, 'about.json')))
    .map((id) => ({
      id,
      ...(JSON.parse(readFileSync(path.join(dir, id, 'about.json'), 'utf8')) as object),
      files: publicFiles(path.join(dir, id))
        .filter(([name]) => parts.test(name))
        .map(([name, data]) => ({ name, size: data.length, sha256: sha256(data) })),
    }))
}

/** models/index.json and lessons/index.json: which small models lie beside the page. */
const tinyList: Plugin = {
  name: 'glassbox:tiny-models',
  configureServer({ middlewares }) {
    for (const place of tinyPlaces) {
      middlewares.use(`/${place}/index.json`, (_, response) => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ models: tinyModels(place) }))
      })
    }
  },
  generateBundle() {
    if (this.environment.name !== 'client') return
    for (const place of tinyPlaces) {
      const source = JSON.stringify({ models: tinyModels(place) })
      this.emitFile({ type: 'asset', fileName: `${place}/index.json`, source })
    }
  },
}

/** player.html and embed.html: a recorded run as a page of its own (scripts/player.mjs). */
const playerPages: Plugin = {
  name: 'glassbox:player',
  apply: 'build',
  async generateBundle() {
    if (this.environment.name !== 'client') return
    const pages = await buildPlayer({ build, plugins: () => react() }, root)
    for (const [fileName, source] of Object.entries(pages)) this.emitFile({ type: 'asset', fileName, source })
  },
}

/** Emits sw.js from src/app/sw.ts and writes the list of everything the page needs offline into it. */
function serviceWorker(): Plugin {
  return {
    name: 'glassbox:service-worker',
    apply: 'build',
    buildStart() {
      const id = path.join(root, 'src/app/sw.ts')
      if (this.environment.name === 'client' && existsSync(id)) this.emitFile({ type: 'chunk', id, fileName: 'sw.js' })
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle['sw.js']
        if (worker?.type !== 'chunk') return
        if (worker.imports.length) this.error(`sw.js must stand alone, it imports ${worker.imports.join(', ')}`)
        const built = Object.values(bundle)
          // embed.html is for other sites, with headers of its own: their servers' business, offline too
          .filter((file) => file !== worker && !/\.(map|md)$|^LICENSE$|^embed\.html$/.test(file.fileName))
          .map((file): [string, string | Uint8Array] => [
            file.fileName,
            file.type === 'chunk' ? file.code : file.source,
          ])
        // small models are no part of what every visitor keeps: whoever loads one has it in the store, and what lessons
        // fetch is kept once it was fetched (sw.ts)
        const tiny = ['lessons/', ...tinyModels('models').map(({ id }) => `models/${id}/`)]
        const kept = publicFiles().filter(([name]) => !tiny.some((folder) => name.startsWith(folder)))
        const files = [...built, ...kept]
        const bytes = files.reduce((sum, [, data]) => sum + data.length, 0)
        if (bytes > precacheLimit) {
          this.error(`The offline files are ${bytes} bytes; at most ${precacheLimit} may be precached.`)
        }
        const version = sha256(JSON.stringify(files.map(([name, data]) => [name, sha256(data)])) + worker.code).slice(
          0,
          12,
        )
        const list = JSON.stringify({ version, files: files.map(([name]) => name).sort(), headers: securityHeaders() })
        worker.code = worker.code.replace(/__PRECACHE__/, () => list)
      },
    },
  }
}

/** Puts the licences beside the page: they ask to travel with every copy. */
const licences: Plugin = {
  name: 'glassbox:licences',
  apply: 'build',
  buildStart() {
    if (this.environment.name !== 'client') return
    for (const fileName of ['LICENSE', 'THIRD_PARTY_NOTICES.md']) {
      this.emitFile({ type: 'asset', fileName, source: readFileSync(path.join(root, fileName)) })
    }
  },
}

/** On hosts that send no headers, the first visit is guarded by what a <meta> can say. */
const metaCsp: Plugin = {
  name: 'glassbox:meta-csp',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: metaPolicy }, injectTo: 'head-prepend' },
  ],
}

/** Lets `vite dev` list and serve models/ as `npm start` does. */
const devModels: Plugin = {
  name: 'glassbox:local-models',
  configureServer: ({ middlewares }) => void middlewares.use('/models/local', localModels(path.join(root, 'models'))),
}

export default defineConfig({
  base: './',
  define: { __EMBEDDED__: JSON.stringify(embeddedModel()) },
  plugins: [react(), tinyList, playerPages, serviceWorker(), licences, metaCsp, devModels],
  worker: { format: 'es', rolldownOptions: { checks: { pluginTimings: false } } },
  build: {
    // Lists of what every panel imports would be a kB of the first load: the browser finds it in the panel's own file,
    // and the service worker keeps all of it. Styles must be there before a panel is drawn.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_, files, { hostType }) =>
        hostType === 'js' ? files.filter((file) => file.endsWith('.css')) : files,
    },
    target: 'es2023',
    rolldownOptions: {
      checks: { pluginTimings: false },
      // small ones that every panel shares: a file of each would cost the first load more than it holds
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'chatting',
              test: /src\/(store\/(able|answers|current|guest|reading|running|unsaved)|features\/(models\/pending|chat\/coloring))\.ts$/,
            },
          ],
          includeDependenciesRecursively: false,
        },
      },
    },
    chunkSizeWarningLimit: 400,
    assetsInlineLimit: 0,
  },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
})
