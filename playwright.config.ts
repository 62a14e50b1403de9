// End to end: the built page behind our own server and its real headers, in a real
// Chrome with software WebGPU. Two projects: `faults` may lose its GPU process.
import { defineConfig } from '@playwright/test'
import { crashArgs, findChrome, launchArgs, quickShaders } from './scripts/chrome.mjs'

/** scripts/test.mjs finds a free one, so that two runs on one machine do not meet. */
export const port = Number(process.env['GLASSBOX_PORT'] ?? 4399)
/** Where every foreign host leads (scripts/trap.mjs). */
export const trap = Number(process.env['GLASSBOX_TRAP_PORT'] ?? port + 1)
const trapped = `--host-resolver-rules=MAP * 127.0.0.1:${trap}, EXCLUDE localhost, EXCLUDE 127.0.0.1`
const launch = (more: string[] = []) => ({
  launchOptions: { executablePath: findChrome(), args: [...launchArgs(), trapped, ...more] },
})

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // A page keeps about one core busy. More workers than two would only wait for each other: shaders compile on the CPU.
  workers: 2,
  fullyParallel: false,
  // One: a page on a software GPU beside other work may miss a time limit. What passes only then is named as FLAKY by
  // scripts/test.mjs.
  retries: 1,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    headless: true,
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    // What pulses while a model loads, and glides, is painted sixty times a second, by the CPU: a tenth of a page's start and
    // a third of an answer. What is about motion asks for it: inside.spec, whose map moves.
    contextOptions: { reducedMotion: 'reduce' },
    // A new page would keep all files of the app for offline first, in every test. Specs that are about that allow it, and
    // two tests of chat.spec, for a whole visit as people have it.
    serviceWorkers: 'block',
    screenshot: 'only-on-failure',
    trace: 'off',
  },
  projects: [
    // first: its files are long, and at the end one worker would wait for the other
    // and their shaders are compiled as people's are
    { name: 'faults', testMatch: /faults.*\.spec\.ts/, use: launch(crashArgs) },
    { name: 'page', testIgnore: /faults/, use: launch(quickShaders) },
  ],
  webServer: [
    {
      command: `node scripts/serve.mjs --port ${port} --name glassbox.test`,
      url: `http://127.0.0.1:${port}/`,
      reuseExistingServer: false,
      timeout: 30_000,
    },
    {
      command: `node scripts/trap.mjs --port ${trap}`,
      url: `http://127.0.0.1:${trap}/`,
      reuseExistingServer: false,
      timeout: 30_000,
    },
  ],
})
