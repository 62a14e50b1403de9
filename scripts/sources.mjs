// The engine's own TypeScript in Node, for scripts: vite reads it as the page's build does.
import { root } from './setup.mjs'

/**
 * After ensureInstall(), which brings vite. Whoever is done closes it.
 * @returns a server that listens nowhere: ssrLoadModule('/src/engine/index.ts') gives a module
 */
export async function openSources() {
  const { createServer } = await import('vite')
  return createServer({
    root,
    configFile: false,
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    appType: 'custom',
    optimizeDeps: { noDiscovery: true },
    logLevel: 'error',
  })
}
