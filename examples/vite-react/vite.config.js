/** @type {import('vite').UserConfig} */
export default {
  base: './',
  oxc: { jsx: { runtime: 'automatic' } },
  // in development the package's worker has to stay beside it
  optimizeDeps: { exclude: ['glassbox'] },
  // an isolated page computes on every core of the processor
  server: { headers: { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' } },
}
