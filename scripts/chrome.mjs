// Finds a full Chrome or Chromium with WebGPU, or fetches one; and knows the
// flags to launch it with. Playwright's small "headless shell" is never used:
// it has no WebGPU.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir, platform } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

const onPath = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome', 'microsoft-edge']
const usual = {
  darwin: ['Google Chrome', 'Chromium', 'Google Chrome Canary', 'Microsoft Edge'].flatMap((name) =>
    ['/Applications', path.join(homedir(), 'Applications')].map((dir) => `${dir}/${name}.app/Contents/MacOS/${name}`),
  ),
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
    .flatMap((key) => process.env[key] ?? [])
    .flatMap((dir) => [
      `${dir}\\Google\\Chrome\\Application\\chrome.exe`,
      `${dir}\\Chromium\\Application\\chrome.exe`,
      `${dir}\\Microsoft\\Edge\\Application\\msedge.exe`,
    ]),
  linux: ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome', '/opt/chromium'].flatMap((dir) =>
    onPath.map((name) => `${dir}/${name}`),
  ),
}

/** Where Playwright keeps its own download, when the package is installed and the download was made. */
function playwrightChrome() {
  try {
    return createRequire(path.join(root, 'package.json'))('playwright').chromium.executablePath()
  } catch {
    return undefined // the package is not installed yet
  }
}

/** The path of a Chrome that is already here, or undefined. CHROME_PATH wins, and is believed only when it exists. */
export function findChrome() {
  const { CHROME_PATH, PATH = '' } = process.env
  if (CHROME_PATH) return existsSync(CHROME_PATH) ? CHROME_PATH : undefined
  const named = PATH.split(path.delimiter)
    .filter(Boolean)
    .flatMap((dir) => onPath.map((name) => path.join(dir, name)))
  const places = [...(usual[platform()] ?? []), ...(platform() === 'win32' ? [] : named)]
  // asked last: to load Playwright takes a second, and every test file that wants a GPU comes by here
  const found = places.find((place) => existsSync(place)) ?? playwrightChrome()
  return found && existsSync(found) ? found : undefined
}

/**
 * The environment in which the npm package "webgpu" (dawn.node) runs kernels in
 * Node on the software Vulkan driver that comes with Chrome; {} when there is
 * none. Dynamic libraries are looked up at process start: set it before a fork.
 */
export function softwareVulkan(chrome = findChrome()) {
  if (!chrome || platform() !== 'linux') return {}
  const dirs = [
    path.dirname(realpathSync(chrome)),
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/opt/google/chrome',
  ]
  const dir = dirs.find((place) => existsSync(path.join(place, 'vk_swiftshader_icd.json')))
  if (!dir) return {}
  const libraries = [process.env.LD_LIBRARY_PATH, dir].filter(Boolean).join(':')
  return {
    VK_ICD_FILENAMES: process.env.VK_ICD_FILENAMES ?? path.join(dir, 'vk_swiftshader_icd.json'),
    LD_LIBRARY_PATH: libraries,
  }
}

/** Like findChrome, but fetches one when there is none. Throws one sentence when that fails too. */
export function ensureChrome(log = console.log) {
  if (process.env.CHROME_PATH && !existsSync(process.env.CHROME_PATH)) {
    throw new Error(
      `CHROME_PATH is "${process.env.CHROME_PATH}", and there is no such file. Unset it or point it at Chrome or Chromium.`,
    )
  }
  const here = findChrome()
  if (here) return here
  const attempts = [
    [
      "Playwright's Chromium",
      process.execPath,
      [path.join(root, 'node_modules', 'playwright', 'cli.js'), 'install', '--no-shell', 'chromium'],
    ],
    ...(platform() === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
      ? [
          ['the package lists', 'apt-get', ['update', '-q']],
          ["Debian's chromium", 'apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium']],
        ]
      : []),
  ]
  let last = ''
  for (const [what, command, args] of attempts) {
    log(`No Chrome found; fetching ${what} …`)
    const { stdout, stderr } = spawnSync(command, args, {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', FORCE_COLOR: '0' },
      timeout: 600_000,
    })
    last =
      `${stdout}${stderr}`
        .split('\n')
        .findLast((line) => /\berror\b|failed|^E: /i.test(line))
        ?.trim() ?? last
    const found = findChrome()
    // A download without the system's libraries is there and cannot start.
    if (found && chromeVersion(found) !== unknown) return found
  }
  throw new Error(
    'No Chrome or Chromium was found and none could be fetched. Install Google Chrome or Chromium (e.g. "apt install chromium"), or set CHROME_PATH to its executable.' +
      (last && ` (${last})`),
  )
}

const unknown = 'unknown version'

export function chromeVersion(chrome) {
  try {
    return execFileSync(chrome, ['--version'], {
      encoding: 'utf8',
      timeout: 20_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return unknown
  }
}

const quiet = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/**
 * Of several --disable-features Chrome takes the last: what Playwright says there is said again. The omnibox's pop-ups are
 * two pages of Chrome's own, loaded with every window and never shown here: a fifth of what a page's start costs.
 */
const without = (...more) =>
  `--disable-features=${[
    ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'AimEnabled', 'LensOverlay', 'MediaRouter', 'OptimizationHints'],
    ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'AvoidCorsURLLoaderRestartOnRedirect', 'DestroyProfileOnBrowserClose'],
    ...['HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'NetworkTimeServiceQuerying', 'PaintHolding'],
    ...['PreconnectToSearch', 'ThirdPartyStoragePartitioning'],
    ...more,
  ].join()}`
const withWebgpu = ['--enable-unsafe-webgpu', '--ignore-gpu-blocklist', '--enable-features=Vulkan,WebGPU', without()]
// navigator.gpu stays, and finds no adapter: what people have where Chrome does not trust the driver
const withoutWebgpu = ['--disable-gpu', without('Vulkan', 'WebGPU')]

/**
 * The flags of every launch in tests, demo and bench. Tests always use the
 * software adapter, so that the numbers are the same on every machine;
 * `hardware` lets the real GPU in; without `webgpu` there is no adapter at all.
 */
export function launchArgs({ hardware = false, webgpu = true } = {}) {
  const sandbox = platform() === 'linux' ? ['--no-sandbox'] : []
  if (!webgpu) return [...sandbox, ...quiet, ...withoutWebgpu]
  return [...sandbox, ...quiet, ...withWebgpu, ...(hardware ? [] : ['--use-webgpu-adapter=swiftshader'])]
}

/**
 * For tests that look at a page, not at its GPU: a kernel that fills a workgroup's memory with zeros before it begins takes up
 * to ten times as long to compile on the software adapter. Ours do not count on the zeros (src/engine/testing/gpu.ts).
 */
export const quickShaders = ['--enable-dawn-features=disable_workgroup_init']

/** Lets a page lose its GPU process again and again: fault tests only. */
export const crashArgs = ['--disable-gpu-process-crash-limit', '--disable-domain-blocking-for-3d-apis']
