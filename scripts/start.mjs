// npm start: from a fresh clone to the page in the browser. Needs Node and nothing else.
//
//   npm start -- [--port 4173] [--no-open] [--allow-host https://example.org]…
//
// --port is 4173 unless given; a port that is given must be free. --no-open does not open the
// browser. --allow-host lets the page download models from one more origin: the page's
// Content-Security-Policy names every host it may reach.
import { spawn } from 'node:child_process'
import { allowedHost } from './headers.mjs'
import { readOptions, wholeNumber } from './options.mjs'
import { serve } from './serve.mjs'
import { ensureBuild, ensureInstall, ensureNode, main, Problem } from './setup.mjs'

function read() {
  const { values } = readOptions(import.meta.url, {
    options: {
      port: { type: 'string' },
      'no-open': { type: 'boolean' },
      'allow-host': { type: 'string', multiple: true, default: [] },
    },
  })
  const port = wholeNumber(values, 'port', { max: 65_535, fallback: 4173 })
  try {
    return {
      port,
      strict: values.port !== undefined,
      open: !values['no-open'] && !process.env.CI,
      hosts: values['allow-host'].map(allowedHost),
    }
  } catch (error) {
    throw new Problem(error.message) // an address that is none
  }
}

/** Opens the default browser when there is a screen to open it on; never an error. */
function openBrowser(url) {
  const screen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY
  if (!screen) return
  const [command, ...args] = { darwin: ['open', url], win32: ['cmd', '/c', 'start', '', url] }[process.platform] ?? [
    'xdg-open',
    url,
  ]
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}

main(async () => {
  ensureNode()
  const { port, strict, open, hosts } = read()
  ensureInstall()
  ensureBuild()
  const { url } = await serve({ port, strict, hosts }).catch((error) => {
    throw new Problem(
      error.code === 'EADDRINUSE' ? `Port ${port} is taken. Choose another with --port.` : error.message,
    )
  })
  console.log(`Glassbox is at ${url}   (Ctrl+C ends it)`)
  if (open) openBrowser(url)
})
