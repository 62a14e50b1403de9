// Runs one tool of the test run: its output without colours, a limit on its time,
// and nothing left behind when it ends.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { binPath, root } from './setup.mjs'

const running = new Set()

/** Ends a tool and everything it started: browsers and servers must not outlive the test. */
function end(child, signal) {
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
  } catch {
    /* it has ended already */
  }
}

/** Runs a tool by its script; its output is shown when `show`, else kept. Ends what hangs. */
export function tool(name, args, { show = false, env = {}, minutes = 10 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...(name === 'node' ? [] : [binPath(name)]), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', ...env },
    })
    running.add(child)
    let output = ''
    const take = (data) => {
      const text = String(data).replace(/\u001b\[[\d;]*m/g, '') // some tools colour whatever they are told
      output += text
      if (show) process.stdout.write(text)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    // First the polite way, so that it reports what it has done.
    const late = setTimeout(() => {
      take(`\n${name} did not end within ${minutes} minutes and was stopped.\n`)
      end(child, 'SIGINT')
    }, minutes * 60_000)
    const dead = setTimeout(() => end(child, 'SIGKILL'), minutes * 60_000 + 15_000)
    child.on('close', (code) => {
      clearTimeout(late)
      clearTimeout(dead)
      end(child, 'SIGKILL')
      running.delete(child)
      resolve({ code: code ?? 1, output })
    })
  })
}

/** When the test run itself is stopped. */
export const endRunning = () => {
  for (const child of running) end(child, 'SIGKILL')
}

/** A port nobody listens on now. */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
