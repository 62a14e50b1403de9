// Every host of the end-to-end tests but this machine's own (playwright.config.ts says so to the browser): whatever
// reaches it left the page, however it was sent, also where the browser tells nobody of a request. It answers nobody; what came is told and forgotten at /taken.
//
//   node scripts/trap.mjs --port 4400
//
// --port is where it listens, on this machine only.
import { createServer } from 'node:net'
import { readOptions, wholeNumber } from './options.mjs'
import { main } from './setup.mjs'

/** Chrome asks these for itself, whatever page is open; a page that asks them is seen by the request log (e2e/harness.ts). */
const ofChrome = /(^|\.)(google|googleapis|gstatic|gvt1|gvt2|googleusercontent)\.com$/
/** Hosts of tests that leak on purpose: told apart, so that a test beside them does not fail for it. */
const planted = /(^|\.)planted\.example$/

/** The name in a TLS greeting (RFC 6066), which may come in several packets: null before all of it is there. */
function greeted(bytes) {
  if (bytes.length < 5 || bytes.length < 5 + bytes.readUInt16BE(3)) return null
  let at = 43 // behind record, handshake, version and random
  at += 1 + bytes[at] // session
  at += 2 + bytes.readUInt16BE(at) // ciphers
  at += 1 + bytes[at] // compression
  for (at += 2; at + 4 <= bytes.length; at += 4 + bytes.readUInt16BE(at + 2)) {
    if (bytes.readUInt16BE(at) === 0) return bytes.toString('latin1', at + 9, at + 9 + bytes.readUInt16BE(at + 7))
  }
  return 'a host without a name'
}

/** The host that is asked for; null before enough of it came. */
function hostOf(bytes) {
  if (bytes[0] === 22) return greeted(bytes)
  const text = bytes.toString('latin1')
  const host = /^[A-Z]+ [^\r\n]+(?:\r\n[^\r\n]+)*?\r\nhost: *([^\r\n:]+)/i.exec(text)?.[1].toLowerCase()
  return host ?? (text.includes('\r\n\r\n') ? 'a host without a name' : null)
}

main(async () => {
  const { values } = readOptions(import.meta.url, { options: { port: { type: 'string' } } })
  const taken = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    let bytes = Buffer.alloc(0)
    socket.on('data', (more) => {
      bytes = Buffer.concat([bytes, more])
      const host = hostOf(bytes)
      if (host === null) return
      const line = bytes.toString('latin1').split('\r\n')[0]
      if (host !== '127.0.0.1') {
        if (!ofChrome.test(host)) taken.push({ host, what: bytes[0] === 22 ? 'TLS' : line })
        return socket.destroy()
      }
      const [, which] = /^GET \/taken(\?planted)? /.exec(line) ?? []
      const told = line.startsWith('GET /taken')
        ? taken.filter(({ host: to }) => planted.test(to) === Boolean(which))
        : []
      for (const one of told) taken.splice(taken.indexOf(one), 1)
      const body = JSON.stringify(told.map(({ host: to, what }) => `${to}: ${what}`))
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`)
    })
  })
  server.listen(wholeNumber(values, 'port', { max: 65_535, fallback: 4400 }), '127.0.0.1')
})
