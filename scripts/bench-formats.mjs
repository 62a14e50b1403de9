// bench.mjs --formats: how fast each weight format is beside NF4, by the byte that is read and by the weight, in a Chrome
// that loads the engine's sources from Vite. A page of its own for each format, as a model has few of them: V8 makes the
// loops of a page that saw all of them slower. Each turn times NF4 and the format one after the other. What else a machine does
// only ever slows a turn, so the fastest turns are compared: the third fastest of each, as one alone may be luck; over both
// matrix sizes the geometric mean.
import { number } from './bench-numbers.mjs'
import { chromeVersion, findChrome } from './chrome.mjs'
import { launch } from './drive.mjs'
import { securityHeaders } from './headers.mjs'
import { ensureInstall, ensureNode, root } from './setup.mjs'

const MODULE = '/src/engine/testing/format-speeds.ts'

/** The engine's sources as modules, and an empty page. */
async function serveSources() {
  const { createServer } = await import('vite') // installed by now
  const { 'content-security-policy': _csp, 'Content-Security-Policy': _Csp, ...headers } = securityHeaders()
  const vite = await createServer({
    root,
    configFile: false,
    server: { hmr: false, ws: false, watch: null, headers },
    appType: 'custom',
    logLevel: 'error',
    plugins: [
      {
        name: 'glassbox:empty-page',
        configureServer: ({ middlewares }) =>
          void middlewares.use((request, response, next) => {
            if (!/^\/(manifest\.webmanifest)?$/.test(request.url)) return next()
            for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
            response.setHeader('content-type', 'text/html')
            response.end('<!doctype html><title>formats</title>')
          }),
      },
    ],
  })
  await vite.listen()
  return vite
}

/** @param device cpu or gpu */
export async function measureFormats({ device, repeats, software }) {
  ensureNode()
  ensureInstall()
  const vite = await serveSources()
  const url = vite.resolvedUrls.local[0]
  const { browser, context, adapter } = await launch(url, { software, device, args: [] })
  try {
    const inPage = async (run, ...given) => {
      const page = await context.newPage()
      try {
        await page.goto(url)
        return await page.evaluate(run, [MODULE, ...given])
      } finally {
        await page.close()
      }
    }
    const kinds = await inPage(async ([module]) => (await import(module)).kinds)
    const rows = []
    const turns = repeats * 8
    for (const { format, called } of kinds) {
      const speeds = await inPage(
        async ([module, one, rounds, on]) => (await import(module))[on](one, rounds),
        ...[format, turns, device === 'gpu' ? 'onGpu' : 'onProcessor'],
      )
      rows.push({ format, called, ...summary(speeds), speeds })
      console.error(`${called} …`)
    }
    return { device, adapter, chrome: chromeVersion(findChrome()), turns, rows }
  } finally {
    await browser.close()
    await vite.close()
  }
}

/** The third fastest, of few turns the fastest. */
const fast = (times) => times.sort((a, b) => a - b)[Math.min(2, Math.floor(times.length / 8))]
const mean = (values) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)

/** Of all sizes together: bits of a weight, and speeds as parts of NF4's. */
export function summary(speeds) {
  const perWeight = (kind) =>
    speeds.map((speed) => fast(speed[kind].map(([base]) => base)) / fast(speed[kind].map(([, own]) => own)))
  const perByte = (kind) => perWeight(kind).map((ratio, i) => (ratio * speeds[i].bytes.own) / speeds[i].bytes.base)
  const [{ N, K, bytes }] = speeds
  return {
    bits: (bytes.own * 8) / (N * K),
    decode: { perByte: mean(perByte('decode')), perWeight: mean(perWeight('decode')) },
    prefill: { perByte: mean(perByte('prefill')), perWeight: mean(perWeight('prefill')) },
  }
}

export function formatsTable({ device, adapter, chrome, turns, rows }) {
  const where = device === 'gpu' ? adapter : 'processor, 1 thread'
  const sizes = rows[0].speeds.map(({ N, K }) => `${N} × ${K}`).join(' and ')
  console.log(`${where}, ${chrome}; matrices of ${sizes}, ${turns} turns; NF4 is 1, below 0.5 per byte is marked *`)
  const cells = (...words) => console.log(words.map((word, i) => (i ? word.padStart(9) : word.padEnd(22))).join('  '))
  cells('', 'bits', 'decode', '', 'prefill', '')
  cells('', '', 'per byte', 'weight', 'per byte', 'weight')
  for (const { called, bits, decode, prefill } of rows) {
    const part = ({ perByte, perWeight }) => [`${number(perByte, 2)}${perByte < 0.5 ? '*' : ' '}`, number(perWeight, 2)]
    cells(called, number(bits, 2), ...part(decode), ...part(prefill))
  }
}
