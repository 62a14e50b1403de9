// Four projects: `rules` reads the sources; `unit` and `alone` run src/**/*.test.ts in plain Node (WGSL through
// dawn.node); `browser` runs src/**/*.browser.test.* in a real Chrome with software WebGPU.
import { playwright } from '@vitest/browser-playwright'
import react from '@vitejs/plugin-react'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { findChrome, softwareVulkan, launchArgs, quickShaders } from './scripts/chrome.mjs'

const chrome = playwright({ launchOptions: { executablePath: findChrome(), args: [...launchArgs(), ...quickShaders] } })

// Kernel tests in Node run on Chrome's own software driver; the forked workers inherit this.
Object.assign(process.env, softwareVulkan())

/**
 * What takes a minute begins first: begun last it would leave the other cores with nothing to do. Files of `unit` stand
 * together: a process goes on with the next file only where that is of the same project.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const turnOf = ({ moduleId, project }: TestSpecification): number => {
      const long = /(golden|kernels|headers|draws|session|drivers)\.test/.test(moduleId)
      return project.name === 'unit' ? (long ? 1 : 2) : long ? 0 : 3
    }
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => turnOf(a) - turnOf(b))
  }
}

/**
 * Tests whose files share a process: their modules keep nothing that another file could see, so what one file has loaded, and
 * compiled for the GPU (testing/shared-gpu.ts), the next one has. But for those that put something in a module's place, or
 * leave it in a global's; those that measure what the process computes, which others' threads and leavings are a part of;
 * those that set a store, which is one for the process; those with a snapshot in their lines, which vitest finds in a fresh
 * process only; those of headers, which put others in the place of arrays; start.test.ts, where two devices run a race; and
 * drivers.test.ts: a process has one Vulkan driver.
 */
const keeps = (text: string): boolean =>
  /vi\.(mock|doMock|resetModules)\(|toMatch(Inline|File)Snapshot|fake-indexeddb|[gs]etState\(|cpuUsage\(/.test(text) ||
  (text.includes('vi.stubGlobal(') && !text.includes('vi.unstubAllGlobals('))
const together = ['src', 'scripts'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter(
      (file) =>
        /\.test\.(tsx?|mjs)$/.test(file) &&
        !/\.browser\.|(drivers|-headers|\/start|\/rules)\.test/.test(file) &&
        !keeps(readFileSync(file, 'utf8')),
    ),
)
const inNode = {
  environment: 'node',
  setupFiles: 'scripts/vitest-equality.mjs',
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // vitest leaves one core free, which of two is half: what a test does is done on one most of the time
  maxWorkers: Math.max(2, availableParallelism() - 1),
  sequence: { groupOrder: 1 }, // its own: vitest asks for that where the number of workers differs
} as const

export default defineConfig({
  plugins: [react()],
  worker: { format: 'es' },
  // Every runtime dependency: one found in the middle of a run would reload the page under a test.
  optimizeDeps: {
    // one file each, packed already: nothing to bundle
    exclude: ['pdfjs-dist'],
    include: [
      'react',
      'react-dom',
      'react-dom/client',
      'react/jsx-runtime',
      'react/jsx-dev-runtime',
      'zustand',
      'comlink',
      'idb',
      'idb-keyval',
      'markdown-it',
      'markdown-it-cjk-friendly',
      'temml',
    ],
  },
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: { name: 'rules', environment: 'node', testTimeout: 30_000, include: ['src/rules.test.ts'] },
      },
      { extends: true, test: { ...inNode, name: 'unit', isolate: false, include: together } },
      {
        extends: true,
        test: {
          ...inNode,
          name: 'alone',
          include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.mjs'],
          exclude: ['**/*.browser.test.*', 'src/rules.test.ts', ...together],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          // each file has a page and a storage of its own; one at a time they leave half of two cores idle
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['src/**/*.browser.test.{ts,tsx}'],
          browser: {
            enabled: true,
            headless: true,
            provider: chrome,
            instances: [{ browser: 'chromium' }],
            screenshotFailures: false,
          },
        },
      },
    ],
  },
})
